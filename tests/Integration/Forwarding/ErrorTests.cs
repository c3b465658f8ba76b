using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Forwarding;

/// <summary>What a client is told when a request cannot be forwarded: RFC 9457, the right status, and nothing of what stands behind the proxy.</summary>
public sealed class ErrorTests
{
    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Fact]
    public async Task Destination_ThatRefuses_Is502WithProxyStatusWhereAskedFor()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(UnusedAddress(), route: r => r.ProxyStatus = true);
        using var client = proxy.CreateClient();

        using var response = await client.GetAsync("/", Patience);

        await AssertProblemAsync(response, HttpStatusCode.BadGateway);
        Assert.Equal("net2; error=connection_refused", response.Headers.GetValues("Proxy-Status").Single());
    }

    [Fact]
    public async Task Cluster_WithoutDestinations_Is503()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(UnusedAddress(), cluster: c => c.Destinations.Clear());
        using var client = proxy.CreateClient();

        using var response = await client.GetAsync("/", Patience);

        await AssertProblemAsync(response, HttpStatusCode.ServiceUnavailable);
        Assert.False(response.Headers.Contains("Proxy-Status"));
    }

    [Fact]
    public async Task Destination_ThatStaysSilent_Is504()
    {
        var silent = new TaskCompletionSource();
        await using var proxy = await ProxyUnderTest.StartAsync(_ => silent.Task, cluster: c => c.HttpRequest = new() { ActivityTimeout = TimeSpan.FromMilliseconds(100) });
        using var client = proxy.CreateClient();

        using var response = await client.GetAsync("/", Patience);

        await AssertProblemAsync(response, HttpStatusCode.GatewayTimeout);
        silent.SetResult();
    }

    [Fact]
    public async Task Route_WhoseTimeIsOver_Is504EvenWhileTheUploadMoves()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context => await context.Request.Body.CopyToAsync(Stream.Null), route: r => r.Timeout = TimeSpan.FromMilliseconds(300), proxy: StreamingTests.ClearTextHttp2("2.0"));
        using var client = proxy.CreateClient(HttpVersion.Version20);
        var content = new SteppedContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answered = new CancellationTokenSource();
        var feeding = KeepSendingAsync(content, answered.Token);
        using var response = await client.SendAsync(request, Patience);
        await answered.CancelAsync();

        await AssertProblemAsync(response, HttpStatusCode.GatewayTimeout);
        await feeding;
    }

    [Fact]
    public async Task Request_WithALargerBodyThanTheRouteAllows_Is413()
    {
        var served = 0;
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                Interlocked.Increment(ref served);
                await context.Request.Body.CopyToAsync(Stream.Null);
            }, route: r => r.MaxRequestBodySize = 1000);
        using var client = proxy.CreateClient();

        using var fits = await client.PostAsync("/", new ByteArrayContent(new byte[1000]), Patience);
        using var response = await client.PostAsync("/", new ByteArrayContent(new byte[1001]), Patience);

        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
        await AssertProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
        using var next = await client.PostAsync("/", new ByteArrayContent(new byte[1000]), Patience);
        Assert.Equal(2, served);
    }

    [Fact]
    public async Task Path_ThatNoRouteTakes_Is404()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(UnusedAddress(), route: r => r.Match.Path = "/api/{**rest}");
        using var client = proxy.CreateClient();

        using var response = await client.GetAsync("/other", Patience);

        await AssertProblemAsync(response, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/a/%2e%2e/b")]
    [InlineData("/a/.%2E/b")]
    [InlineData("/%2e/b")]
    public async Task Path_WithAHiddenDotSegment_Is400(string path)
    {
        await using var proxy = await ProxyUnderTest.StartAsync(context => context.Response.WriteAsync("forwarded"));
        using var client = proxy.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(proxy.Address.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

        using var response = await client.SendAsync(request, Patience);

        await AssertProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Trace_IsRefusedUnlessAllowed()
    {
        await using var proxy = await ProxyUnderTest.StartAsync(context => context.Response.WriteAsync("forwarded"));
        using var client = proxy.CreateClient();

        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Trace, "/"), Patience);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    private static async Task KeepSendingAsync(SteppedContent content, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            // Once the answer is there, the client sends no more of it.
            await Task.WhenAny(content.SendAsync("more"), Task.Delay(System.Threading.Timeout.Infinite, until));
        }
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Patience);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        Assert.DoesNotContain("127.0.0.1", problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", problem.ToString(), StringComparison.Ordinal);
    }

    private static Uri UnusedAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}/");
    }
}
