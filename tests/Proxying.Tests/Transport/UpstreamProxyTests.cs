using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Proxying.Tests.Transport.TransportClient;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

/// <summary>An HTTP proxy between the transport and its endpoints (RFC 9112 §3.2.2, RFC 9110 §9.3.6).</summary>
public sealed class UpstreamProxyTests
{
    private const string Hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    [Fact]
    public async Task Send_Http_GoesToTheProxyWithTheWholeUrlAndItsHost()
    {
        await using var proxy = ScriptedOrigin.Answering(Hi);
        using var client = Through(proxy);
        using var request = Get(new Uri("http://shop.test:8080/cart?x=1"));
        request.Headers.Host = "other.test";
        using var response = await client.SendAsync(request);
        Assert.Equal("hi", await TextOf(response));
        Assert.Equal("hi", await client.GetTextAsync(new Uri("http://shop.test:8080/")));
        Assert.Equal(1, proxy.Connections);
    }

    [Theory]
    [InlineData("/a//b/../%2e?q", "GET http://shop.test/a//b/../%2e?q HTTP/1.1\r\nHost: shop.test\r\n")]
    [InlineData("*", "GET http://shop.test HTTP/1.1\r\nHost: shop.test\r\n")]
    public async Task Send_AnyTarget_IsAppendedAsItIs(string target, string head)
    {
        string? seen = null;
        await using var proxy = new ScriptedOrigin(async connection =>
        {
            seen = await connection.ReadHeadAsync();
            await connection.SendAsync(Hi);
        });
        using var client = Through(proxy);
        using var request = GetTarget(new Uri("http://shop.test/"), target);
        request.Headers.TryAddWithoutValidation("Host", "other.test");
        request.Headers.TryAddWithoutValidation("Proxy-Authorization", "Basic of-the-client");
        using var response = await client.SendAsync(request);
        Assert.StartsWith(head, seen, StringComparison.Ordinal);
        Assert.DoesNotContain("Proxy-Authorization", seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("other.test", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Https_GoesThroughATunnelThatNobodyReads()
    {
        await using var origin = new TlsOrigin();
        string? asked = null;
        await using var proxy = new ScriptedOrigin(async connection =>
        {
            asked = await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 200 Connection established\r\nVia: 1.1 tunnel\r\n\r\n");
            await RelayAsync(connection.Socket, origin.Uri.Port);
        });
#pragma warning disable CA5359 // the certificate of the test is nobody's
        using var client = Through(proxy, o => o.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true });
#pragma warning restore CA5359
        Assert.StartsWith("localhost", await client.GetTextAsync(origin.Uri), StringComparison.Ordinal);
        Assert.StartsWith("localhost", await client.GetTextAsync(origin.Uri), StringComparison.Ordinal);
        Assert.Equal($"CONNECT localhost:{origin.Uri.Port} HTTP/1.1\r\nHost: localhost:{origin.Uri.Port}\r\n\r\n", asked);
        Assert.Equal((1, 1), (proxy.Connections, origin.Connections));
    }

    [Fact]
    public async Task Send_Upgrade_GoesThroughATunnelToo()
    {
        var heads = new List<string>();
        await using var proxy = new ScriptedOrigin(async connection =>
        {
            heads.Add(await connection.ReadHeadAsync());
            await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
            heads.Add(await connection.ReadHeadAsync());
            await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nhello");
        });
        using var client = Through(proxy);
        using var request = Get(new Uri("http://shop.test/talk"));
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "chat");
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        Assert.StartsWith("CONNECT shop.test:80 HTTP/1.1\r\n", heads[0], StringComparison.Ordinal);
        Assert.StartsWith("GET /talk HTTP/1.1\r\nHost: shop.test\r\n", heads[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", AttemptFailureKinds.ConnectionRefused, "answered 407")]
    [InlineData("HTTP/1.1 503 No\r\nContent-Length: 3\r\n\r\nno!", AttemptFailureKinds.ConnectionRefused, "answered 503")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", AttemptFailureKinds.HttpProtocolError, "bytes behind")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", AttemptFailureKinds.HttpProtocolError, "malformed")]
    [InlineData("HTTP/1.1 20", AttemptFailureKinds.ConnectionTerminated, "")]
    public async Task Connect_ProxyOpensNoTunnel_FailsBeforeAnythingIsSent(string answer, string kind, string message)
    {
        await using var proxy = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(answer);
            await connection.FinishAsync();
        });
        using var client = Through(proxy);
        var error = await Assert.ThrowsAsync<AttemptException>(() => client.GetAsync(new Uri("https://shop.test/")));
        Assert.Equal(kind, error.Failure.Kind);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(FailureSide.Destination, error.Failure.Side);
    }

    [Fact]
    public async Task Connect_ProxyIsSilent_TakesNoLongerThanConnectingMay()
    {
        var time = new ManualTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var proxy = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            asked.SetResult();
            await connection.WaitForEndAsync();
        });
        using var client = Through(proxy, time: time);
        var sending = client.GetAsync(new Uri("https://shop.test/"));
        await asked.Task.WaitAsync(Bound);
        time.Advance(TimeSpan.FromSeconds(10));
        var error = await Assert.ThrowsAsync<AttemptException>(() => sending);
        Assert.Equal(new AttemptFailure(AttemptFailureKinds.ConnectionTimeout, FailureSide.Destination, SentState.NotConnected), error.Failure);
    }

    [Fact]
    public async Task Send_ProxyWithCredentials_AreSentToTheProxyOnly()
    {
        var heads = new List<string>();
        await using var proxy = new ScriptedOrigin(async connection =>
        {
            while (await connection.TryReadHeadAsync() is { } head)
            {
                heads.Add(head);
                await connection.SendAsync(head.StartsWith("CONNECT", StringComparison.Ordinal) ? "HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n" : Hi);
            }
        });
        using var client = Through(proxy, o => o.Proxy!.Credentials = new NetworkCredential("anna", "secret"));
        using var response = await client.GetAsync(new Uri("http://shop.test/"));
        await Assert.ThrowsAsync<AttemptException>(() => client.GetAsync(new Uri("https://shop.test/")));
        Assert.All(heads, head => Assert.Contains("\r\nProxy-Authorization: Basic YW5uYTpzZWNyZXQ=\r\n", head, StringComparison.Ordinal));
        Assert.Equal(2, heads.Count);
    }

    [Fact]
    public async Task Send_LocalAddressBypassed_GoesThereDirectly()
    {
        await using var origin = ScriptedOrigin.Answering(Hi);
        await using var proxy = ScriptedOrigin.Answering(Hi);
        using var client = Through(proxy, o => o.Proxy = new WebProxy(proxy.Uri, BypassOnLocal: true));
        Assert.Equal("hi", await client.GetTextAsync(origin.Uri));
        Assert.Equal((1, 0), (origin.Connections, proxy.Connections));
    }

    [Fact]
    public async Task Send_ProxyOfAnotherKind_IsRefusedByName()
    {
        using var client = new TransportClient(new Http1TransportOptions { Proxy = new WebProxy("socks5://127.0.0.1:1080") });
        var error = await Assert.ThrowsAsync<AttemptException>(() => client.GetAsync(new Uri("http://shop.test/")));
        Assert.Contains("socks5://127.0.0.1:1080", error.Message, StringComparison.Ordinal);
    }

    private static TransportClient Through(ScriptedOrigin proxy, Action<Http1TransportOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new Http1TransportOptions { ConnectTimeout = TimeSpan.FromSeconds(10), Proxy = new WebProxy(proxy.Uri) };
        configure?.Invoke(options);
        return new TransportClient(options, time);
    }

    private static async Task RelayAsync(Socket near, int port)
    {
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, port);
        await using var one = new NetworkStream(near);
        await using var other = far.GetStream();
        await Task.WhenAny(one.CopyToAsync(other), other.CopyToAsync(one));
    }
}
