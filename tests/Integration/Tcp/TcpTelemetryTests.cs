using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Telemetry;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Proxying.Tcp;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tcp;

/// <summary>What is told of connections that are passed through: by metrics, in the access log, and on the dashboard.</summary>
public sealed partial class TcpTelemetryTests : IDisposable
{
    private static readonly string[] Instruments = [TcpMetrics.ActiveName, TcpMetrics.DurationName, TcpMetrics.RefusedName, TcpMetrics.BytesName];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private string LogPath => Path.Combine(_folder.FullName, "access.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task AConnection_IsCountedWhileItLastsAndMeasuredAtItsEnd()
    {
        await using var origin = new ScriptedOrigin(AnswerAsync);
        var time = new ManualTimeProvider();
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", origin.Uri)], time: time);
        using var measured = new CollectedMeasurements(proxy.Services, Instruments);
        using (var client = await proxy.ConnectAsync())
        {
            Assert.Equal((TcpMetrics.ActiveName, 1, "net2.tcp.port=port"), await measured.NextAsync());
            await client.SendAsync("ask\n");
            Assert.Equal("answered", await client.ReadAsync(8));
            time.Advance(TimeSpan.FromSeconds(7));
            client.ShutdownSend();
            Assert.Equal("", await client.WaitForEndAsync());
        }

        Assert.Equal((TcpMetrics.ActiveName, -1, "net2.tcp.port=port"), await measured.NextAsync());
        Assert.Equal((TcpMetrics.DurationName, 7, "net2.cluster.id=c net2.destination.id=d0 net2.tcp.port=port"), await measured.NextAsync());
        Assert.Equal((TcpMetrics.BytesName, 4, "net2.cluster.id=c net2.tcp.port=port network.io.direction=receive"), await measured.NextAsync());
        Assert.Equal((TcpMetrics.BytesName, 8, "net2.cluster.id=c net2.tcp.port=port network.io.direction=transmit"), await measured.NextAsync());
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "network_denied", "" }, { "address_limit", "" }, { "connection_limit", "" }, { "not_tls", "hello" }, { "name_unknown", "" }, { "proxy_header", "hello\r\n" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task AConnectionThatIsRefused_IsCountedByTheReason(string reason, string sent)
    {
        await using var origin = new ScriptedOrigin(AnswerAsync);
        await using var proxy = await TcpUnderTest.StartAsync(
            port =>
            {
                port.MaxConnections = reason == "connection_limit" ? 1 : 10;
                if (reason is "not_tls" or "name_unknown") (port.ClusterId, port.ServerNames["shop.example"]) = (null, "c");
            },
            [TcpUnderTest.Cluster("c", origin.Uri)],
            shielding =>
            {
                if (reason == "network_denied") shielding.DenyNetworks = ["127.0.0.1"];
                if (reason == "address_limit") shielding.MaxConnectionsPerAddress = 1;
                if (reason == "proxy_header") (shielding.TrustedProxies, shielding.ProxyProtocol) = (["127.0.0.1"], ProxyProtocolMode.Required);
            });
        using var first = reason.EndsWith("_limit", StringComparison.Ordinal) ? await proxy.ConnectAsync() : null;
        if (first is not null)
        {
            await first.SendAsync("ask\n");
            await first.ReadAsync(8);
        }

        using var measured = new CollectedMeasurements(proxy.Services, TcpMetrics.RefusedName, TcpMetrics.DurationName);
        using var client = await proxy.ConnectAsync();
        if (reason == "name_unknown") await SendHelloAsync(client.Socket, "other.example");
        else if (sent.Length > 0) await client.SendAsync(sent);

        Assert.Equal((TcpMetrics.RefusedName, 1, $"net2.reason={reason} net2.tcp.port=port"), await measured.NextAsync());
    }

    [Fact]
    public async Task AConnectionForWhichThereIsNobody_FailsByTheKind()
    {
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", TcpUnderTest.Nowhere())], proxy: LogTo(AccessLogFormat.Json));
        using var measured = new CollectedMeasurements(proxy.Services, TcpMetrics.DurationName);
        using var client = await proxy.ConnectAsync();

        Assert.Equal("net2.cluster.id=c net2.tcp.port=port error.type=connection_refused".Split(' ').Order(StringComparer.Ordinal), (await measured.NextAsync()).Tags.Split(' '));
        using var line = JsonDocument.Parse(await LineAsync());
        Assert.Equal((502, "connection_refused", "c"), (line.RootElement.GetProperty("status").GetInt32(), line.RootElement.GetProperty("error").GetString(), line.RootElement.GetProperty("cluster").GetString()));
    }

    [Fact]
    public async Task AConnectionThatIsBrokenOff_OrOnWhichNothingMoves_SaysSo()
    {
        var time = new ManualTimeProvider();
        await using var origin = new ScriptedOrigin(AnswerAsync);
        await using var proxy = await TcpUnderTest.StartAsync(port => port.IdleTimeout = TimeSpan.FromSeconds(10), [TcpUnderTest.Cluster("c", origin.Uri)], time: time);
        using var measured = new CollectedMeasurements(proxy.Services, TcpMetrics.DurationName);

        using (var client = await proxy.ConnectAsync())
        {
            await client.SendAsync("ask\n");
            await client.ReadAsync(8);
            client.Reset();
        }

        Assert.Contains("error.type=connection_terminated", (await measured.NextAsync()).Tags, StringComparison.Ordinal);
        using var quiet = await proxy.ConnectAsync();
        await quiet.SendAsync("ask\n");
        await quiet.ReadAsync(8);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Contains("error.type=idle_timeout", (await measured.NextAsync()).Tags, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AConnection_HasALineInTheAccessLog()
    {
        await using var origin = new ScriptedOrigin(AnswerAsync);
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", origin.Uri)], proxy: LogTo(AccessLogFormat.Json));
        await AskAsync(proxy);

        using var line = JsonDocument.Parse(await LineAsync());

        var names = line.RootElement.EnumerateObject().Select(m => m.Name);
        Assert.Equal(["time", "client", "protocol", "status", "duration", "received", "sent", "route", "cluster", "destination"], names);
        Assert.Equal(["127.0.0.1", "TCP", "200", "4", "8", "port", "c", "d0"], names.Except(["time", "duration"]).Select(n => line.RootElement.GetProperty(n).ToString()));
    }

    [Fact]
    public async Task ALine_InTheCombinedFormat_IsReadAsThatOfARequest()
    {
        await using var origin = new ScriptedOrigin(AnswerAsync);
        await using var proxy = await TcpUnderTest.StartAsync(port => port.ServerNames["shop.example"] = "c", [TcpUnderTest.Cluster("c", origin.Uri)], proxy: LogTo(AccessLogFormat.Combined));
        using (var client = await proxy.ConnectAsync())
        {
            await SendHelloAsync(client.Socket, "shop.example");
            await client.ReadAsync(8);
            client.ShutdownSend();
            await client.WaitForEndAsync();
        }

        Assert.Matches(CombinedLine(), await LineAsync());
    }

    [Fact]
    public async Task WhenNobodyWantsToKnow_NothingIsNoted()
    {
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", TcpUnderTest.Nowhere())]);
        var telemetry = proxy.Services.GetRequiredService<TcpTelemetry>();
        Assert.False(telemetry.Begin("port").IsOn);
        using var measured = new CollectedMeasurements(proxy.Services, TcpMetrics.DurationName);
        Assert.True(telemetry.Begin("port").IsOn);
    }

    [Fact]
    public async Task APort_IsOnTheDashboard()
    {
        await using var origin = new ScriptedOrigin(AnswerAsync);
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", origin.Uri)], proxy: builder => builder.Services.Configure<DashboardOptions>(o => o.Enabled = true));
        await AskAsync(proxy);
        using var open = await proxy.ConnectAsync();
        await open.SendAsync("ask\n");
        await open.ReadAsync(8);
        using var client = new HttpClient { BaseAddress = proxy.HttpAddress, Timeout = ProxyUnderTest.Patience };

        var state = await client.GetFromJsonAsync<JsonElement>("/_net2/api/state");
        var events = await client.GetFromJsonAsync<JsonElement>("/_net2/api/events");

        var port = Assert.Single(state.GetProperty("tcp").EnumerateArray());
        Assert.Equal(("port", proxy.EndPoint.ToString()), (port.GetProperty("name").GetString(), port.GetProperty("address").GetString()));
        Assert.Equal([1, 2, 0, 0, 4, 8], ((string[])["open", "accepted", "refused", "failed", "received", "sent"]).Select(n => port.GetProperty(n).GetInt64()));
        Assert.Contains(events.GetProperty("events").EnumerateArray(), e => e.GetProperty("subject").GetString() == "port" && e.GetProperty("text").GetString() == $"The TCP port listens on {proxy.EndPoint}.");
    }

    [Fact]
    public async Task WhereAPortListens_CanBeAsked()
    {
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", TcpUnderTest.Nowhere())]);
        Assert.Equal(proxy.EndPoint, proxy.Services.GetRequiredService<IProxyInspector>().TcpEndPoints["PORT"]);
    }

    [GeneratedRegex("""\A127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] "CONNECT port/shop\.example TCP" 200 8 "-" "-"\z""", RegexOptions.None, 1000)]
    private static partial Regex CombinedLine();

    private static async Task AnswerAsync(RawConnection connection)
    {
        // Whatever is asked, TLS too.
        await connection.WaitForAsync(static text => text.Length > 0);
        await connection.SendAsync("answered");
        await connection.WaitForEndAsync();
        await connection.FinishAsync();
    }

    private static async Task AskAsync(TcpUnderTest proxy)
    {
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("ask\n");
        await client.ReadAsync(8);
        client.ShutdownSend();
        await client.WaitForEndAsync();
    }

    // The first message of TLS (RFC 8446 §4.1.2) with a name (RFC 6066 §3) and nothing that can be left out.
    private static async Task SendHelloAsync(Socket socket, string name)
    {
        static byte[] Sized(int bytes, byte[] content) => [.. ((byte[])[0, (byte)(content.Length >> 8), (byte)content.Length])[(3 - bytes)..], .. content];
        byte[] extension = [0, 0, .. Sized(2, Sized(2, [0, .. Sized(2, Encoding.ASCII.GetBytes(name))]))];
        byte[] body = [3, 3, .. new byte[32], 0, .. Sized(2, [0x13, 0x01]), 1, 0, .. Sized(2, extension)];
        await socket.SendAsync((byte[])[22, 3, 1, .. Sized(2, [1, .. Sized(3, body)])]);
    }

    private static async Task<string> ReadAllAsync(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return await reader.ReadToEndAsync();
    }

    private Action<WebApplicationBuilder> LogTo(AccessLogFormat format) => builder => builder.Services.Configure<AccessLogOptions>(o => (o.Enabled, o.Format, o.Path) = (true, format, LogPath));

    private async Task<string> LineAsync()
    {
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (true)
        {
            if (File.Exists(LogPath) && await ReadAllAsync(LogPath) is { Length: > 0 } text && text.EndsWith('\n')) return Assert.Single(text.TrimEnd().Split('\n'));
            await Task.Delay(10, patience.Token);
        }
    }
}
