using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Telemetry;

/// <summary>The access log of a real proxy, in a file.</summary>
public sealed class AccessLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string LogPath => Path.Combine(_folder.FullName, "access.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Requests_EachHaveOneLine_WithWhereTheyWentAndWhatBecameOfThem()
    {
        await using var backend = await ProxyUnderTest.StartBackendAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("12345");
        });
        await using var proxy = await StartAsync(new Uri(backend.Urls.First()));
        using var client = proxy.CreateClient();
        using (await client.PostAsync(new Uri("/cart?token=secret", UriKind.Relative), new StringContent("123")))
        using (await client.GetAsync(new Uri("/not-routed", UriKind.Relative)))
        {
        }

        var lines = await LinesAsync(2);
        var forwarded = lines.Single(static l => Text(l, "target") == "/cart?token=*");
        Assert.Equal(("POST", "HTTP/1.1", "all", "backend", "only"), (Text(forwarded, "method"), Text(forwarded, "protocol"), Text(forwarded, "route"), Text(forwarded, "cluster"), Text(forwarded, "destination")));
        Assert.Equal((200, 3, 5, 1), (Number(forwarded, "status"), Number(forwarded, "received"), Number(forwarded, "sent"), Number(forwarded, "attempts")));
        Assert.Equal("127.0.0.1", Text(forwarded, "client"));
        var unrouted = lines.Single(static l => Text(l, "target") == "/not-routed");
        Assert.Equal((404, null), (Number(unrouted, "status"), Text(unrouted, "route")));
    }

    [Fact]
    public async Task Request_Failed_IsWrittenWithTheReason_WhateverTheSample()
    {
        await using var proxy = await StartAsync(new Uri("http://127.0.0.1:1/"), static o => o.Sample = 1_000_000);
        using var client = proxy.CreateClient();
        using var response = await client.GetAsync(new Uri("/cart", UriKind.Relative));
        var line = Assert.Single(await LinesAsync(1));
        Assert.Equal((int)response.StatusCode, Number(line, "status"));
        Assert.Equal("only", Text(line, "destination"));
        Assert.NotNull(Text(line, "error"));
    }

    [Fact]
    public async Task Client_ThatGoesAway_IsA499()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var backend = await ProxyUnderTest.StartBackendAsync(async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        await using var proxy = await StartAsync(new Uri(backend.Urls.First()));
        using var client = proxy.CreateClient();
        using var leaving = new CancellationTokenSource();
        var sending = client.GetAsync(new Uri("/cart", UriKind.Relative), leaving.Token);
        await asked.Task.WaitAsync(ProxyUnderTest.Patience);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(499, Number(Assert.Single(await LinesAsync(1)), "status"));
    }

    [Fact]
    public async Task Log_ThatIsOff_WritesNothing()
    {
        await using (var proxy = await StartAsync(new Uri("http://127.0.0.1:1/"), static o => o.Enabled = false))
        {
            using var client = proxy.CreateClient();
            using var response = await client.GetAsync(new Uri("/cart", UriKind.Relative));
            Assert.False(response.IsSuccessStatusCode);
        }

        Assert.False(File.Exists(LogPath));
    }

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static int Number(JsonElement line, string name) => line.GetProperty(name).GetInt32();

    // Lines are written behind the requests.
    private async Task<List<JsonElement>> LinesAsync(int count)
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (true)
        {
            var text = File.Exists(LogPath) ? await File.ReadAllTextAsync(LogPath, patience.Token) : "";
            var lines = text.EndsWith('\n') ? text.Split('\n')[..^1] : [];
            if (lines.Length >= count) return [.. lines.Select(static l => JsonDocument.Parse(l).RootElement.Clone())];
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private Task<ProxyUnderTest> StartAsync(Uri backend, Action<AccessLogOptions>? configure = null) => ProxyUnderTest.StartAsync(
        backend,
        route: static r => r.Match.Path = "/cart",
        proxy: builder => builder.Services.Configure<AccessLogOptions>(o =>
        {
            (o.Enabled, o.Path) = (true, LogPath);
            configure?.Invoke(o);
        }));
}
