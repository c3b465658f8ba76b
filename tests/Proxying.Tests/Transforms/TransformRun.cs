using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Tests.Transforms;

/// <summary>Compiles the transforms of a route and runs them as the forwarder does, without a server.</summary>
internal sealed class TransformRun
{
    private readonly RouteTransforms _transforms;

    private TransformRun(RouteTransforms transforms, IReadOnlyList<ConfigError> errors)
    {
        _transforms = transforms;
        Errors = errors;
    }

    public IReadOnlyList<ConfigError> Errors { get; }

    public static TransformRun FromEntries(params string[][] entries) => Compile(route =>
    {
        foreach (var entry in entries)
        {
            var map = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            for (var i = 0; i < entry.Length; i += 2) map.Add(entry[i], entry[i + 1]);
            route.Transforms.Add(map);
        }
    });

    public static TransformRun FromCode(Action<TransformBuilderContext> code, string path = "/{**rest}") => Compile(_ => { }, code, path);

    public static TransformRun Compile(Action<RouteOptions> configure, Action<TransformBuilderContext>? code = null, string path = "/{**rest}", Action<IServiceCollection>? add = null)
    {
        var services = new ServiceCollection();
        services.AddNet2Transforms();
        add?.Invoke(services);
        if (code is not null) services.AddSingleton<ITransformProvider>(new DelegateTransformProvider(code));
        using var provider = services.BuildServiceProvider();
        var route = new RouteOptions { RouteId = "r", ClusterId = "c" };
        route.Match.Path = path;
        configure(route);
        var errors = new List<ConfigError>();
        return new TransformRun(provider.GetRequiredService<ITransformBuilder>().Build(route, null, errors), errors);
    }

    /// <summary>The request that would be sent.</summary>
    public async Task<RoutedRequestMessage> RequestAsync(string target = "/a", Action<HttpContext>? client = null, string method = "GET", RouteValueDictionary? values = null)
    {
        Assert.Empty(Errors);
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Protocol = "HTTP/1.1";
        context.Request.Scheme = "https";
        context.Request.Host = new HostString("shop.example", 8443);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        context.Request.Path = PathString.FromUriComponent(query < 0 ? target : target[..query]);
        context.Request.QueryString = new QueryString(query < 0 ? "" : target[query..]);
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
        context.Connection.RemotePort = 50_001;
        context.Connection.LocalIpAddress = IPAddress.Parse("2001:db8::2");
        context.Connection.LocalPort = 8443;
        if (values is not null) context.Request.RouteValues = values;
        client?.Invoke(context);
        var state = new RouteState { RouteId = "r", Transforms = _transforms, Pipeline = null, Cluster = null, Forwarding = new() { Via = "" }, Via = null };
        Assert.True(RequestTarget.TryRead(context, out var read));
        var scopes = new ForwardScopePool(TimeProvider.System);
        var scope = scopes.Rent(TimeSpan.FromMinutes(1), null, CancellationToken.None);
        var request = RequestMessageBuilder.Create(context, state, body: null, new ForwardScope(TimeProvider.System));
        await RequestMessageBuilder.TransformAsync(context, state, request, read, scope);
        scopes.Return(scope);
        return request;
    }

    public async Task<string> PathAndQueryAsync(string target, RouteValueDictionary? values = null) => (await RequestAsync(target, values: values)).PathAndQuery!;

    /// <summary>The fields of one name that would be sent, line by line; empty without any.</summary>
    public async Task<string[]> FieldAsync(string name, params (string Name, string Value)[] sent)
        => Values(await RequestAsync(client: context =>
        {
            foreach (var (field, value) in sent) context.Request.Headers.Append(field, value);
        }), name);

    public static string[] Values(HttpRequestMessage request, string name)
        => request.Headers.NonValidated.TryGetValues(name, out var values) || request.Content?.Headers.NonValidated.TryGetValues(name, out values) == true ? [.. values] : [];
}
