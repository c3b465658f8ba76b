using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Forwarding;

/// <summary>What a policy that hashes finds on the requests of a proxy.</summary>
public sealed class HashedRequestTests
{
    private const string Json = """
        { "Net2Proxy": {
          "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}" } } },
          "Clusters": { "c": { "LoadBalancingPolicy": "Rendezvous", "Hashing": { "Key": [ KEY ] },
            "Destinations": { "a": { "Address": "http://10.0.0.1/" }, "b": { "Address": "http://10.0.0.2/" }, "c": { "Address": "http://10.0.0.3/" } } } } } }
        """;

    [Fact]
    public async Task Request_OfAClient_CarriesItsAddress()
    {
        await using var run = await Run.StartAsync("""{ "Source": "ClientAddress" }""");
        var servers = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 30; i++)
        {
            var server = await run.PickOfAsync("/one", ("X-Test-Address", $"10.1.2.{i}"));
            Assert.Equal(server, await run.PickOfAsync("/two", ("X-Test-Address", $"::ffff:10.1.2.{i}")));
            servers.Add(server);
        }

        Assert.Equal(3, servers.Count);
    }

    [Theory]
    [InlineData("""{ "Source": "Header", "Name": "X-Tenant" }""", "/", "X-Tenant", "red")]
    [InlineData("""{ "Source": "Cookie", "Name": "user" }""", "/", "Cookie", "a=b; user=red")]
    [InlineData("""{ "Source": "QueryParameter", "Name": "user" }""", "/p?a=b&user=red", "X-Other", "1")]
    [InlineData("""{ "Source": "Custom" }""", "/", "X-Key-From-Code", "red")]
    [InlineData("""{ "Source": "Cookie", "Name": "user" }, { "Source": "Header", "Name": "X-Tenant" }""", "/", "X-Tenant", "red")]
    public async Task Request_WithTheSameKeyAnywhere_GoesToTheSameServer(string key, string url, string field, string value)
    {
        await using var run = await Run.StartAsync(key);
        var server = await run.PickOfAsync(url, (field, value));
        for (var i = 0; i < 20; i++) Assert.Equal(server, await run.PickOfAsync(url, (field, value), ("X-Test-Address", $"10.1.2.{i}")));

        // The place of "red" does not hang on where it stands, nor on the proxy.
        await using var other = await Run.StartAsync("""{ "Source": "Header", "Name": "X-Other-Tenant" }""");
        Assert.Equal(server, await other.PickOfAsync("/", ("X-Other-Tenant", "red")));
    }

    private sealed class Run(ConfiguredProxy proxy, HttpClient client, Func<HttpRequestMessage?> sent) : IAsyncDisposable
    {
        public static async Task<Run> StartAsync(string key)
        {
            HttpRequestMessage? sent = null;
            var proxy = ConfiguredProxy.FromJson(
                Json.Replace("KEY", key, StringComparison.Ordinal),
                pipeline: app => app.Use((HttpContext context, RequestDelegate next) =>
                {
                    if (context.Request.Headers["X-Test-Address"] is [{ } address]) context.Connection.RemoteIpAddress = IPAddress.Parse(address);
                    return next(context);
                }),
                answer: request =>
                {
                    sent = request;
                    return new HttpResponseMessage(HttpStatusCode.OK);
                },
                proxy: p => p.AddTransforms(c => c.AddRequestTransform(request =>
                {
                    if (request.HttpContext.Request.Headers["X-Key-From-Code"] is [{ } fromCode]) request.ProxyRequest.HashKey = fromCode;
                    return ValueTask.CompletedTask;
                })));
            return new(proxy, await proxy.StartAsync(), () => sent);
        }

        public async Task<string> PickOfAsync(string url, params (string Name, string Value)[] fields)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            foreach (var (name, value) in fields) request.Headers.TryAddWithoutValidation(name, value);
            using var response = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.True(proxy.App.Services.GetRequiredService<IClusterRegistry>().TryGet("c", out var cluster));
            return cluster.Snapshot.Pick(sent()!)!.Id;
        }

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await proxy.DisposeAsync();
        }
    }
}
