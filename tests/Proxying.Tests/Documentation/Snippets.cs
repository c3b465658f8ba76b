using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tests.Documentation;

/// <summary>The code of the documents, compiled. A block of a document has to stand here line by line.</summary>
internal static class Snippets
{
    public static void Sources(IServiceCollection services, IConfiguration configuration, List<RouteOptions> routes, List<ProxyClusterOptions> clusters)
    {
        services.AddNet2Proxy();                                                        // the section Net2Proxy of the application
        services.AddNet2Proxy().LoadFromConfig(configuration.GetSection("MyProxy"));    // another section
        services.AddNet2Proxy().LoadFromFile("proxy.json");                             // a file with a section Net2Proxy
        services.AddNet2Proxy().LoadFromMemory(routes, clusters);                       // lists that the application replaces as it likes
    }

    public static void CodeFirst(IServiceCollection services)
    {
        services.AddNet2Proxy()
            .AddRoute("shop", route =>
            {
                route.ClusterId = "shop";
                route.Match.Path = "/shop/{**rest}";
                route.Timeout = TimeSpan.FromSeconds(20);
                route.WithTransformPathRemovePrefix("/shop").WithTransformRequestHeader("X-Shop", "1");
            })
            .AddCluster("shop", cluster =>
            {
                cluster.LoadBalancingPolicy = LoadBalancingPolicyNames.LeastRequests;
                cluster.Destinations["a"] = new() { Address = "http://10.0.0.1:8080/", Weight = 2 };
                cluster.HttpClient = new() { ConnectTimeout = TimeSpan.FromSeconds(1) };
            });
    }

    public static void Metrics(WebApplication app)
    {
        app.MapNet2Metrics();                                                  // by the application's default authorization policy
        app.MapNet2Metrics("/metrics", o => o.Meters.Add("System.Runtime")).RequireHost("*:9090").AllowAnonymous();
    }

    public static void Explanations(IRequestExplanations explanations)
    {
        foreach (var request in explanations.Find(new RequestExplanationQuery { Kind = RequestExplanationKind.Failed, ClusterId = "shop", Limit = 20 }))
            Console.WriteLine($"{request.Time:T} {request.Method} {request.Target}: {request.Status} {request.Failure} after {request.AttemptCount} attempts");
    }

    public static void CustomSource(IServiceCollection services)
    {
        services.AddNet2Proxy();
        services.AddSingleton<DiscoverySource>();
        services.AddSingleton<IProxyConfigProvider>(s => s.GetRequiredService<DiscoverySource>());
    }

    public static async Task AffinityAsync(IServiceCollection services, HttpClient client, string basketId)
    {
        services.AddNet2Balancing().AddCluster("shop", c => c.SessionAffinity = new() { Enabled = true, Policy = SessionAffinityNames.RequestKey });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        services.AddNet2SessionAffinity<ByAccountAffinity>("ByAccount");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/cart");
        request.Options.Set(BalancingRequestOptions.AffinityKey, basketId);
        using var response = await client.SendAsync(request);
    }

    public static void Discovery(IServiceCollection services)
    {
        services.AddNet2Discovery<DirectoryDiscovery>("Directory");
    }

    public static void Terminator(IServiceCollection services)
    {
        services.AddNet2Proxy();
        services.AddSingleton<ITlsTerminator, TenantTerminator>();
    }

    public static void Middleware(WebApplication app)
    {
        app.UseCors();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseOutputCache();
        app.MapNet2Proxy();
    }

    public static async Task ExplainAsync(IProxyInspector inspector)
    {
        var explanation = await inspector.ExplainAsync("GET", new Uri("https://shop.example/orders/2026/7"), []);
        Console.WriteLine($"{explanation.RouteId} → {explanation.Cluster?.ClusterId}");
    }

    public static void Transforms(IServiceCollection services)
    {
        services.AddNet2Proxy()
            .AddRoute("shop", route =>
            {
                route.ClusterId = "shop";
                route.Match.Path = "/shop/{**rest}";
                route.WithTransformPathRemovePrefix("/shop")
                    .WithTransformQueryValue("lang", "en", append: false)
                    .WithTransformXForwarded(xDefault: ForwardedTransformActions.Append, xPrefix: ForwardedTransformActions.Off)
                    .WithTransformResponseHeader("Cache-Control", "no-store", append: false, ResponseCondition.Failure);
            })
            .AddTransforms(context => context.AddRequestHeader("X-Tenant", "blue", append: false).AddResponseHeaderRemove("X-Powered-By", ResponseCondition.Always));
    }

    public static void DelegateTransform(IServiceCollection services)
    {
        services.AddNet2Proxy().AddTransforms(context => context.AddRequestTransform(request =>
        {
            request.Query = request.Query.Length == 0 ? "?via=proxy" : request.Query + "&via=proxy";
            return ValueTask.CompletedTask;
        }));
    }

    public static void CustomFactory(IServiceCollection services)
    {
        services.AddNet2Proxy().AddTransformFactory<GreetingFactory>();   // { "Greeting": "hello", "When": "Success" }
    }
}

public sealed class DiscoverySource : IProxyConfigProvider
{
    private Found _current = new([], [], "0");

    public IProxyConfig GetConfig() => Volatile.Read(ref _current);

    public void Push(IReadOnlyList<RouteOptions> routes, IReadOnlyList<ProxyClusterOptions> clusters, string revision) =>
        Interlocked.Exchange(ref _current, new Found(routes, clusters, revision)).Changed.OnReload();

    private sealed record Found(IReadOnlyList<RouteOptions> Routes, IReadOnlyList<ProxyClusterOptions> Clusters, string RevisionId) : IProxyConfig
    {
        public ConfigurationReloadToken Changed { get; } = new();

        public IChangeToken ChangeToken => Changed;
    }
}

public sealed class GreetingFactory : ITransformFactory
{
    public IReadOnlyCollection<string> Keys => ["Greeting"];

    public void Build(TransformBuilderContext context, TransformEntry entry)
    {
        if (entry.Value.Length == 0) entry.Error("Greeting", "is empty: a text is expected.");
        else context.AddResponseHeader("X-Greeting", entry.Value, append: false, entry.FindChoice("When", ResponseCondition.Always));
    }
}

internal sealed class DirectoryDiscovery : IDestinationDiscovery
{
    public ValueTask<DiscoveredDestinations> DiscoverAsync(DiscoveryContext context, CancellationToken cancellationToken)
    {
        var servers = new List<DiscoveredDestination>();
        foreach (var line in File.ReadLines(context.Cluster.Metadata["servers"])) servers.Add(new DiscoveredDestination(new Uri(line)));
        return new(new DiscoveredDestinations(servers, timeToLive: TimeSpan.FromSeconds(10)));
    }
}

internal sealed class ByAccountAffinity : ISessionAffinity
{
    public AffinityMatch Find(in AffinityContext context) => AffinityMatch.None;

    public void Remember(in AffinityAnswer answer)
    {
    }
}

internal sealed class TenantTerminator(TenantCertificates tenants) : ITlsTerminator
{
    public TlsConnectionPolicy? Choose(in TlsClientHello hello) => tenants.Find(hello.ServerName);   // null refuses
}

internal sealed class TenantCertificates
{
    private readonly Dictionary<string, TlsConnectionPolicy> _policies = new(StringComparer.Ordinal);

    public TlsConnectionPolicy? Find(string? name) => name is null ? null : _policies.GetValueOrDefault(name);
}
