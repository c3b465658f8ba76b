using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;

namespace Net2Secure.Routing.Integration.Limits;

/// <summary>Copies of a proxy's requests, on real sockets: they arrive whole over the other cluster's connections, and nothing that happens to them reaches a client.</summary>
public sealed class MirroringTests
{
    private readonly ConcurrentQueue<string> _copies = [];

    private static CancellationToken Patience => new CancellationTokenSource(ProxyUnderTest.Patience).Token;

    [Fact]
    public async Task Request_WithABody_ArrivesWholeAtBoth()
    {
        // The other cluster speaks HTTP/2 in the clear, which its own settings say and those of the first do not.
        await using var shadow = await ProxyUnderTest.StartBackendAsync(RecordAsync, HttpProtocols.Http2);
        await using var proxy = await StartAsync(shadow.Urls.First(), EchoAsync, version: "2.0");
        using var client = proxy.CreateClient();
        var body = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i} "));
        foreach (var chunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/a%2Fb?c=%20") { Content = new StringContent(body), Headers = { { "X-Tenant", "red" } } };
            request.Headers.TransferEncodingChunked = chunked;
            using var response = await client.SendAsync(request, Patience);
            Assert.Equal(body, await response.Content.ReadAsStringAsync(Patience));
        }

        await Eventually.TrueAsync(() => _copies.Count == 2);
        Assert.All(_copies, c => Assert.Equal($"HTTP/2 PUT /a%2Fb?c=%20 red 1 {body}", c));
    }

    [Fact]
    public async Task Shadow_ThatIsDown_IsFeltByNobody()
    {
        await using var proxy = await StartAsync("http://127.0.0.1:1/", EchoAsync);
        using var client = proxy.CreateClient();
        for (var i = 0; i < 50; i++)
        {
            using var response = await client.PutAsync("/", new StringContent($"body {i}"), Patience);
            Assert.Equal((HttpStatusCode.OK, $"body {i}"), (response.StatusCode, await response.Content.ReadAsStringAsync(Patience)));
        }
    }

    [Fact]
    public async Task Shadow_ThatIsSilent_HoldsUpNobodyAndCopiesCarryTheirOwnRequest()
    {
        // A copy outlives its request: what the server hands out with a request serves others by then, and none of it may be in the copy.
        var silence = new TaskCompletionSource();
        await using var shadow = await ProxyUnderTest.StartBackendAsync(async context =>
        {
            await silence.Task.WaitAsync(context.RequestAborted);
            await RecordAsync(context);
        });
        await using var proxy = await StartAsync(shadow.Urls.First(), EchoAsync);
        using var client = proxy.CreateClient();
        for (var i = 0; i < 30; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"/{i}") { Content = new StringContent($"body {i}"), Headers = { { "X-Tenant", $"{i}" } } };
            using var response = await client.SendAsync(request, Patience);
            Assert.Equal($"body {i}", await response.Content.ReadAsStringAsync(Patience));
        }

        Assert.Empty(_copies);
        silence.SetResult();
        await Eventually.TrueAsync(() => _copies.Count == 30);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"HTTP/1.1 PUT /{i} {i} 1 body {i}").Order(StringComparer.Ordinal), _copies.Order(StringComparer.Ordinal));
    }

    private static Task<ProxyUnderTest> StartAsync(string shadow, RequestDelegate backend, string? version = null) => ProxyUnderTest.StartAsync(
        backend,
        cluster: c => c.Mirror = new() { ClusterId = "shadow" },
        proxy: builder => builder.Services.AddNet2Proxy().AddCluster("shadow", c =>
        {
            c.Destinations["s"] = new DestinationOptions { Address = shadow };
            if (version is not null) c.HttpRequest = new() { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        }));

    // The whole body before the first byte of the answer: what is answered before its end is not copied.
    private static async Task EchoAsync(HttpContext context)
    {
        if (context.Request.Headers.ContainsKey("X-Net2-Mirror")) throw new InvalidOperationException("A request that is no copy is marked as one.");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        await context.Response.Body.WriteAsync(body.ToArray(), context.RequestAborted);
    }

    private async Task RecordAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var target = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        _copies.Enqueue($"{context.Request.Protocol} {context.Request.Method} {target} {context.Request.Headers["X-Tenant"]} {context.Request.Headers["X-Net2-Mirror"]} {body}");
    }
}
