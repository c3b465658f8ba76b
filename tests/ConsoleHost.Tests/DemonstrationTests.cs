using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.ConsoleHost.Tests.ConsoleHostUnderTest;

namespace Net2Secure.Routing.ConsoleHost.Tests;

public sealed class DemonstrationTests
{
    private const int DefaultPort = 8080;

    [Fact]
    public async Task NoArguments_PortTaken_ListensOnTheNextAndEveryPrintedCommandWorks()
    {
        using var occupant = Occupy(DefaultPort);
        await using var host = Start();
        var address = await host.ListeningAsync();
        Assert.InRange(address.Port, DefaultPort + 1, DefaultPort + 99);
        await host.LineAsync("Ctrl+C ends it");
        Assert.DoesNotContain("Unsafe", host.Output + host.Errors, StringComparison.Ordinal);
        var commands = host.Output.Split('\n').Where(l => l.TrimStart().StartsWith("curl ", StringComparison.Ordinal)).ToArray();
        Assert.True(commands.Length >= 7, host.Output);
        // The port that is passed through is the one with a number of its own.
        Assert.Single(commands, c => !c.Contains(address.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("Unsafe", host.Output, StringComparison.Ordinal);
        await Task.WhenAll(commands.Select(c => RunAsync(c)));
    }

    [Fact]
    public async Task NoArguments_Asked_SharesByWeight()
    {
        await using var host = Start("--urls", AnyPort);
        using var client = new HttpClient { BaseAddress = await host.ListeningAsync() };
        var answers = new List<string>();
        for (var i = 0; i < 8; i++) answers.Add((await client.GetStringAsync("/who")).Split(' ')[0]);
        Assert.Equal(2, answers.Count(a => a == "anna"));
        Assert.Equal(2, answers.Count(a => a == "ben"));
        Assert.Equal(4, answers.Count(a => a == "cora"));
    }

    [Fact]
    public async Task NoArguments_UrlFromTheEnvironment_ListensThereAndItsBackendsElsewhere()
    {
        using var folder = new TemporaryFolder();
        var url = $"http://127.0.0.1:{FreePort()}";
        await using var host = Start(folder.Path, new Dictionary<string, string> { ["ASPNETCORE_URLS"] = url });
        Assert.Equal(new Uri(url), await host.ListeningAsync());
        using var client = new HttpClient();
        Assert.Equal("anna answers GET /hello\n", await client.GetStringAsync($"{url}/anna/hello"));
    }

    /// <summary>Runs a printed command in a shell. Server-sent events take their time: the first of them is enough.</summary>
    private static async Task RunAsync(string printed)
    {
        var command = printed.Trim();
        var url = command.Split(' ').First(w => w.StartsWith("http", StringComparison.Ordinal));
        Assert.True(new Uri(url).IsLoopback, url);
        var end = command.IndexOf(url, StringComparison.Ordinal) + url.Length;
        await using var curl = RunningProgram.Start("sh", ["-c", $"{command[..end]} -sS -w '\\nstatus %{{http_code}}\\n'"]);
        if (url.EndsWith("/events", StringComparison.Ordinal))
        {
            await curl.LineAsync("data: 1 from");
            return;
        }

        var expected = url.Contains("/status/", StringComparison.Ordinal) ? url.Split('/')[^1] : "200";
        await curl.LineAsync($"status {expected}");
        Assert.Equal(0, await curl.ExitAsync());
        if (url.EndsWith("/echo", StringComparison.Ordinal)) Assert.Contains("some text", curl.Output, StringComparison.Ordinal);
    }

    /// <summary>Listens on a port, unless somebody does already, which serves as well.</summary>
    private static TcpListener? Occupy(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
