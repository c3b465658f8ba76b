using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Attempts;

public sealed class BalancingHandlerTests
{
    private const string Hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task SendAsync_EqualDestinations_GoesToEachInItsTurn()
    {
        await using var a = new LoopbackServer(Hello);
        await using var b = new LoopbackServer(Hello);
        using var client = Client(Balance(a.Address, b.Address), out _);
        for (var i = 0; i < 6; i++) Assert.Equal("hello", await client.GetStringAsync("http://shop/x").WaitAsync(Bound));
        Assert.Equal((3, 3), (a.Heads.Count, b.Heads.Count));
    }

    [Theory]
    [InlineData("http://shop/a%2Fb//c%20d?q=%41%2e&r=ü", false, "/a%2Fb//c%20d?q=A.&r=%C3%BC")]
    [InlineData("http://shop/%41/../b/%2e%2e/c?x=%zz#", true, "/%41/../b/%2e%2e/c?x=%zz#")]
    [InlineData("http://shop", false, "/")]
    [InlineData("http://shop:9/?", false, "/?")]
    public async Task SendAsync_AnyUrl_SendsPathAndQueryAsItWouldHaveBeenSentUnbalanced(string url, bool verbatim, string target)
    {
        await using var server = new LoopbackServer(Hello);
        using var client = Client(Balance(server.Address + "/base/"), out _);
        var uri = new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = verbatim });
        using var response = await client.GetAsync(uri).WaitAsync(Bound);
        Assert.StartsWith($"GET /base{target} HTTP/1.1\r\n", Assert.Single(server.Heads), StringComparison.Ordinal);
        Assert.Equal(target, uri.PathAndQuery);
    }

    [Fact]
    public async Task SendAsync_HostOfDestination_IsSentAndTakenBack()
    {
        await using var server = new LoopbackServer(Hello);
        var cluster = Balance(server.Address);
        cluster.Snapshot.Destinations[0].Options.Host = "inside.example";
        using var client = Client(cluster, out _);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop/");
        using var response = await client.SendAsync(request).WaitAsync(Bound);
        Assert.Contains("\r\nHost: inside.example\r\n", Assert.Single(server.Heads), StringComparison.Ordinal);
        Assert.Null(request.Headers.Host);
    }

    [Fact]
    public async Task SendAsync_HostOfTheUser_Stays()
    {
        await using var server = new LoopbackServer(Hello);
        var cluster = Balance(server.Address);
        cluster.Snapshot.Destinations[0].Options.Host = "inside.example";
        using var client = Client(cluster, out _);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop/") { Headers = { Host = "mine.example" } };
        using var response = await client.SendAsync(request).WaitAsync(Bound);
        Assert.Contains("\r\nHost: mine.example\r\n", Assert.Single(server.Heads), StringComparison.Ordinal);
        Assert.Equal("mine.example", request.Headers.Host);
    }

    [Fact]
    public async Task SendAsync_NoHostSet_SendsTheAuthorityOfTheDestination()
    {
        await using var server = new LoopbackServer(Hello);
        using var client = Client(Balance(server.Address), out _);
        using var response = await client.GetAsync("http://shop/").WaitAsync(Bound);
        Assert.Contains($"\r\nHost: {new Uri(server.Address).Authority}\r\n", Assert.Single(server.Heads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_Answered_GivesTheRequestBackForAnotherAttempt()
    {
        await using var a = new LoopbackServer(Hello);
        await using var b = new LoopbackServer(Hello);
        using var invoker = new HttpMessageInvoker(Chain(Balance(a.Address, b.Address), new SocketsHttpHandler()));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop/again");
        var picked = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var response = await invoker.SendAsync(request, CancellationToken.None).WaitAsync(Bound);
            Assert.Equal("http://shop/again", request.RequestUri!.OriginalString);
            Assert.True(request.Options.TryGetValue(BalancingRequestOptions.Destination, out var destination));
            picked.Add(destination.Id);
        }

        Assert.Equal(["d0", "d1"], picked);
        Assert.Equal((1, 1), (a.Heads.Count, b.Heads.Count));
    }

    [Fact]
    public async Task SendAsync_AttemptFails_EndsItAndGivesTheRequestBack()
    {
        var cluster = Balance("http://127.0.0.1:1");
        using var invoker = new HttpMessageInvoker(Chain(cluster, new FailingHandler()));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop/again");
        await Assert.ThrowsAsync<HttpRequestException>(() => invoker.SendAsync(request, CancellationToken.None));
        Assert.Equal("http://shop/again", request.RequestUri!.OriginalString);
        Assert.Equal(0, cluster.Snapshot.Destinations[0].ConcurrentRequests);
    }

    [Fact]
    public async Task SendAsync_ResponseBody_CountsInFlightUntilItsEnd()
    {
        await using var server = new LoopbackServer(Hello);
        using var client = Client(Balance(server.Address), out var destination);
        using var response = await client.GetAsync("http://shop/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);
        Assert.Equal(1, destination.ConcurrentRequests);
        Assert.Equal(5, response.Content.Headers.ContentLength);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        await using var body = await response.Content.ReadAsStreamAsync();
        Assert.Equal(3, await body.ReadAtLeastAsync(new byte[3], 3).AsTask().WaitAsync(Bound));
        Assert.Equal(1, destination.ConcurrentRequests);
        Assert.Equal(2, await body.ReadAtLeastAsync(new byte[2], 2).AsTask().WaitAsync(Bound));
        Assert.Equal(0, await body.ReadAsync(new byte[1]).AsTask().WaitAsync(Bound));
        Assert.Equal(0, destination.ConcurrentRequests);
    }

    [Fact]
    public async Task SendAsync_ResponseDisposedUnread_EndsTheAttempt()
    {
        await using var server = new LoopbackServer("HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\nbegun");
        using var client = Client(Balance(server.Address), out var destination);
        var response = await client.GetAsync("http://shop/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);
        Assert.Equal(1, destination.ConcurrentRequests);
        response.Dispose();
        Assert.Equal(0, destination.ConcurrentRequests);
    }

    [Fact]
    public async Task SendAsync_BodyCutShort_EndsTheAttempt()
    {
        await using var server = new LoopbackServer(async (_, stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nbegun"u8.ToArray(), token);
            stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        });
        using var client = Client(Balance(server.Address), out var destination);
        using var response = await client.GetAsync("http://shop/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);
        await using var body = await response.Content.ReadAsStreamAsync();
        await Assert.ThrowsAsync<HttpIOException>(() => body.ReadExactlyAsync(new byte[50]).AsTask().WaitAsync(Bound));
        Assert.Equal(0, destination.ConcurrentRequests);
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")]
    public async Task SendAsync_ResponseWithoutBody_EndsTheAttemptAtOnce(string method, string answer)
    {
        await using var server = new LoopbackServer(answer);
        using var client = Client(Balance(server.Address), out var destination);
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://shop/");
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);
        Assert.Equal(0, destination.ConcurrentRequests);
    }

    [Fact]
    public async Task SendAsync_ChunkedBodyWithTrailers_ArrivesWhole()
    {
        await using var server = new LoopbackServer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 9\r\n\r\n");
        using var client = Client(Balance(server.Address), out var destination);
        using var response = await client.GetAsync("http://shop/").WaitAsync(Bound);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync());
        Assert.Equal("9", Assert.Single(response.TrailingHeaders.GetValues("X-Sum")));
        Assert.Equal(0, destination.ConcurrentRequests);
    }

    [Fact]
    public async Task SendAsync_SwitchingProtocols_LeavesATunnelThatCountsUntilDisposed()
    {
        await using var server = new LoopbackServer(async (_, stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n"u8.ToArray(), token);
            var buffer = new byte[4];
            await stream.ReadExactlyAsync(buffer, token);
            await stream.WriteAsync(buffer, token);
        });
        using var client = Client(Balance(server.Address), out var destination);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop/") { Headers = { { "Connection", "upgrade" }, { "Upgrade", "echo" } } };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, response.StatusCode);
        var tunnel = await response.Content.ReadAsStreamAsync();
        await tunnel.WriteAsync("ping"u8.ToArray()).AsTask().WaitAsync(Bound);
        await tunnel.FlushAsync();
        var echo = new byte[4];
        await tunnel.ReadExactlyAsync(echo).AsTask().WaitAsync(Bound);
        Assert.Equal("ping", Encoding.ASCII.GetString(echo));
        Assert.Equal(1, destination.ConcurrentRequests);
        await tunnel.DisposeAsync();
        Assert.Equal(0, destination.ConcurrentRequests);
    }

    [Fact]
    public async Task Send_Synchronously_BalancesAndCountsAlike()
    {
        await using var server = new LoopbackServer(Hello);
        using var client = Client(Balance(server.Address), out var destination);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop/sync");
        var response = await Task.Run(() => client.Send(request, HttpCompletionOption.ResponseHeadersRead)).WaitAsync(Bound);
        Assert.Equal(1, destination.ConcurrentRequests);
        using var body = new StreamReader(response.Content.ReadAsStream());
        Assert.Equal("hello", body.ReadToEnd());
        Assert.Equal(0, destination.ConcurrentRequests);
        Assert.Equal("http://shop/sync", request.RequestUri!.OriginalString);
    }

    [Fact]
    public async Task SendAsync_ResponseForgotten_EndsTheAttemptWhenItIsCollected()
    {
        await using var server = new LoopbackServer(Hello);
        using var client = Client(Balance(server.Address), out var destination);
        await ForgetAsync(client);
        for (var i = 0; i < 100 && destination.ConcurrentRequests > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        Assert.Equal(0, destination.ConcurrentRequests);
    }

    [Fact]
    public async Task SendAsync_NoCandidates_FailsWithoutSending()
    {
        using var client = Client(Balance(), out _);
        var error = await Assert.ThrowsAsync<NoDestinationException>(() => client.GetAsync("http://shop/"));
        Assert.Equal("shop", error.ClusterId);
    }

    [Fact]
    public async Task SendAsync_RoutedRequest_BeginsTheAttemptAndLeavesItsEndToTheSender()
    {
        var cluster = Balance("http://10.0.0.1:8080/base");
        using var invoker = new HttpMessageInvoker(Chain(cluster, new AnsweringHandler()));
        using var request = new RoutedRequestMessage { PathAndQuery = "/a%2Fb?c" };
        using var response = await invoker.SendAsync(request, CancellationToken.None);
        var destination = cluster.Snapshot.Destinations[0];
        Assert.Equal(("/base/a%2Fb?c", destination, 1), (request.Target, request.Destination, destination.ConcurrentRequests));
        request.EndAttempt();
        Assert.Equal(0, destination.ConcurrentRequests);
    }

    [Fact]
    public void SendAsync_RoutedRequest_AllocatesNothing()
    {
        var handler = new AnsweringHandler();
        using var invoker = new HttpMessageInvoker(Chain(Balance("http://10.0.0.1:8080", "http://10.0.0.2:8080"), handler));
        using var request = new RoutedRequestMessage { PathAndQuery = "/" };
        for (var i = 0; i < 200; i++) _ = invoker.SendAsync(request, CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) _ = invoker.SendAsync(request, CancellationToken.None);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task SendAsync_RelativeUrl_SaysWhatIsMissing()
    {
        using var invoker = new HttpMessageInvoker(Chain(Balance("http://10.0.0.1"), new AnsweringHandler()));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/relative");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => invoker.SendAsync(request, CancellationToken.None));
        Assert.Contains("BaseAddress", error.Message, StringComparison.Ordinal);
    }

    private static async Task ForgetAsync(HttpClient client) =>
        _ = await client.GetAsync("http://shop/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);

    private static HttpClient Client(Cluster cluster, out Destination destination)
    {
        destination = cluster.Snapshot.Destinations.Count > 0 ? cluster.Snapshot.Destinations[0] : null!;
        return new HttpClient(Chain(cluster, new SocketsHttpHandler()));
    }

    private static BalancingHandler Chain(Cluster cluster, HttpMessageHandler inner) => new(new ClusterReference(cluster)) { InnerHandler = inner };

    private static Cluster Balance(params string[] addresses)
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing().AddCluster("shop", cluster =>
        {
            cluster.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
            for (var i = 0; i < addresses.Length; i++) cluster.Destinations[$"d{i}"] = new() { Address = addresses[i] };
        });
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IClusterRegistry>().Clusters.Single();
    }

    private sealed class FailingHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(new HttpRequestException("refused"));
    }

    private sealed class AnsweringHandler : HttpMessageHandler
    {
        private readonly Task<HttpResponseMessage> _answer = Task.FromResult(new HttpResponseMessage());

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _answer;
    }
}
