using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Shielding;

/// <summary>Who may come, and how often: by network, by connections, by requests each second.</summary>
public sealed class AdmissionTests
{
    [Fact]
    public async Task NetworksForAll_CloseTheConnectionBeforeThereIsARequest()
    {
        await using var proxy = await ShieldedProxy.StartAsync(s => (s.AllowNetworks, s.DenyNetworks) = (["127.0.0.0/29"], ["127.0.0.3"]));
        using var allowed = ShieldedProxy.ClientAt(proxy.Address, "127.0.0.2");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(allowed)).StatusCode);
        Assert.Equal("", await AskRawAsync(proxy, "127.0.0.3"));
        Assert.Equal("", await AskRawAsync(proxy, "127.0.0.9"));
    }

    [Fact]
    public async Task NetworksForAll_BehindATrustedProxy_CountForTheClient()
    {
        await using var proxy = await ShieldedProxy.StartAsync(s => (s.TrustedProxies, s.DenyNetworks) = (["127.0.0.1"], ["203.0.113.0/24"]));
        using var client = ShieldedProxy.ClientAt(proxy.Address, "127.0.0.1");
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(client, "203.0.113.9")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(client, "203.0.114.9")).StatusCode);
        // Told by somebody who is not believed.
        using var stranger = ShieldedProxy.ClientAt(proxy.Address, "127.0.0.2");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(stranger, "203.0.113.9")).StatusCode);
    }

    [Fact]
    public async Task NetworksOfARoute_AreAnswered403WithProblemDetails()
    {
        await using var proxy = await ShieldedProxy.StartAsync(_ => { }, route => route.AllowNetworks = ["127.0.0.1"]);
        using var allowed = ShieldedProxy.ClientAt(proxy.Address, "127.0.0.1");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(allowed)).StatusCode);
        using var refused = ShieldedProxy.ClientAt(proxy.Address, "127.0.0.2");
        using var response = await GetAsync(refused);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("admin.example", HttpStatusCode.Forbidden)]
    [InlineData("ADMIN.example.", HttpStatusCode.Forbidden)]
    [InlineData("admin.example:8443", HttpStatusCode.Forbidden)]
    [InlineData("shop.example", HttpStatusCode.OK)]
    public async Task NetworksOfAHost_CountForThatHost(string host, HttpStatusCode status)
    {
        await using var proxy = await ShieldedProxy.StartAsync(s => s.Hosts["admin.example"] = new() { AllowNetworks = ["10.0.0.0/8"] });
        using var client = ShieldedProxy.ClientAt(proxy.Address, "127.0.0.1");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("/a%2Fb", EncodedSlashMode.Refuse, 400)]
    [InlineData("/a%2fb?c", EncodedSlashMode.Refuse, 400)]
    [InlineData("/a%5Cb", EncodedSlashMode.Refuse, 400)]
    [InlineData("/a\\b", EncodedSlashMode.Refuse, 400)]
    [InlineData("/a/b?c=%2F\\", EncodedSlashMode.Refuse, 200)]
    [InlineData("/a%2Fb", EncodedSlashMode.Forward, 200)]
    public async Task SlashesThatOnlySomeServersTakeForOnes_AreForwardedAsTheyCame_OrRefused(string target, EncodedSlashMode mode, int status)
    {
        await using var proxy = await ShieldedProxy.StartAsync(s => s.EncodedSlashes = mode, backend: context => context.Response.WriteAsync(context.Features.Get<IHttpRequestFeature>()!.RawTarget));
        using var client = new RawConnection(await ShieldedProxy.ConnectAsync("127.0.0.1", new IPEndPoint(IPAddress.Loopback, proxy.Address.Port)));
        await client.SendAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        var answer = await client.ReadMessageAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", answer.Head, StringComparison.Ordinal);
        if (status == 200) Assert.Contains(target, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionsAboveTheLimitOfAnAddress_AreClosed_AndOthersAreNot()
    {
        await using var proxy = await ShieldedProxy.StartAsync(s => s.MaxConnectionsPerAddress = 2);
        var endpoint = new IPEndPoint(IPAddress.Loopback, proxy.Address.Port);
        using var first = await ShieldedProxy.ConnectAsync("127.0.0.2", endpoint);
        using var second = await ShieldedProxy.ConnectAsync("127.0.0.2", endpoint);
        await AnsweredAsync(first);
        await AnsweredAsync(second);
        Assert.Equal("", await AskRawAsync(proxy, "127.0.0.2"));
        Assert.StartsWith("HTTP/1.1 200", await AskRawAsync(proxy, "127.0.0.3"), StringComparison.Ordinal);

        // A place is free again once a connection has ended, which the server notices in its own time.
        first.Dispose();
        var answer = "";
        for (var tries = 0; tries < 500 && answer.Length == 0; tries++) answer = await AskRawAsync(proxy, "127.0.0.2");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestsAboveTheRateOfAnAddress_Are429WithRetryAfter_AndOthersAreNot()
    {
        // However slow the machine: sooner or later there are more in a second than one.
        await using var proxy = await ShieldedProxy.StartAsync(s => (s.RequestsPerSecondPerAddress, s.RequestBurstPerAddress, s.TrustedProxies) = (1, 3, ["127.0.0.1"]));
        using var client = ShieldedProxy.ClientAt(proxy.Address, "127.0.0.1");
        var statuses = new List<HttpStatusCode>();
        HttpResponseMessage? last = null;
        for (var i = 0; i < 40 && last?.StatusCode != HttpStatusCode.TooManyRequests; i++)
        {
            last = await GetAsync(client, "203.0.113.7");
            statuses.Add(last.StatusCode);
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK], statuses.Take(3));
        Assert.Equal(HttpStatusCode.TooManyRequests, last!.StatusCode);
        Assert.Equal("1", last.Headers.GetValues("Retry-After").Single());
        Assert.Equal("application/problem+json", last.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(client, "203.0.113.8")).StatusCode);
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient client, string? forwardedFor = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (forwardedFor is not null) request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task AnsweredAsync(Socket socket)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        var buffer = new byte[4096];
        var read = await socket.ReceiveAsync(buffer).WaitAsync(ProxyUnderTest.Patience);
        Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
    }

    /// <returns>Everything that comes until the end; nothing from a connection that is closed at once.</returns>
    private static async Task<string> AskRawAsync(ProxyUnderTest proxy, string from)
    {
        try
        {
            using var socket = await ShieldedProxy.ConnectAsync(from, new IPEndPoint(IPAddress.Loopback, proxy.Address.Port));
            await socket.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
            using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync().WaitAsync(ProxyUnderTest.Patience);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "";
        }
    }
}
