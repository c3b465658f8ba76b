using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Routing;

namespace Net2Secure.Routing.Proxying.DryRun;

/// <summary>Routes with a matcher of their own, made of the parts that match requests for the application. What it finds is not served, logged or counted.</summary>
internal sealed class SketchedRoutes : IDisposable
{
    private readonly IServiceProvider _application;
    private readonly ServiceProvider _own;
    private readonly RequestDelegate _match;

    /// <summary>Makes the matcher.</summary>
    /// <param name="routes">The routes, validated.</param>
    /// <param name="clusters">Their clusters.</param>
    /// <param name="conventions">What the application adds to the endpoints of the proxy.</param>
    /// <param name="application">The services of the application.</param>
    /// <exception cref="Exception">Code of the application failed, or routing cannot take the routes.</exception>
    public SketchedRoutes(IReadOnlyList<RouteOptions> routes, IReadOnlyList<Cluster> clusters, IReadOnlyList<Action<EndpointBuilder>> conventions, IServiceProvider application)
    {
        _application = application;
        _own = ServicesLike(application);
        var byId = clusters.ToDictionary(static c => c.Id, StringComparer.OrdinalIgnoreCase);
        var random = application.GetRequiredService<RandomSource>();
        var endpoints = routes.SelectMany(route => ProxyEndpointFactory.Create(route, static _ => Task.CompletedTask, new Sketch(route, byId, random), conventions)).ToArray();
        var app = new ApplicationBuilder(_own);
        app.UseRouting();
        // Stops between matching and serving: what was matched is on the context.
        app.Use(static _ => static _ => Task.CompletedTask);
        app.UseEndpoints(builder => builder.DataSources.Add(new DefaultEndpointDataSource(endpoints)));
        _match = app.Build();
    }

    /// <summary>Says who takes a request.</summary>
    public async ValueTask<DryRunTarget> FindAsync(DryRunRequest asked, CancellationToken cancellationToken)
    {
        var context = new DefaultHttpContext { RequestServices = _application, RequestAborted = cancellationToken };
        var request = context.Request;
        request.Method = asked.Method;
        request.Scheme = asked.Url.Scheme;
        request.Host = new HostString(asked.Url.Authority);
        request.Path = PathString.FromUriComponent(asked.Url);
        request.QueryString = QueryString.FromUriComponent(asked.Url);
        foreach (var (name, value) in asked.Headers) request.Headers[name] = StringValues.Concat(request.Headers[name], value);
        await _match(context).ConfigureAwait(false);
        return context.GetEndpoint()?.Metadata.GetMetadata<Sketch>()?.Tell(context) ?? new(null, null);
    }

    public void Dispose() => _own.Dispose();

    private static ServiceProvider ServicesLike(IServiceProvider application)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddLogging();
        services.AddSingleton<IMeterFactory, UnheardMeters>();
        services.AddSingleton(static _ => new DiagnosticListener("Net2Secure.Routing.Proxying.DryRun"));
        services.AddRouting();
        services.RemoveAll<MatcherPolicy>();
        foreach (var policy in application.GetServices<MatcherPolicy>()) services.AddSingleton(policy);
        if (application.GetService<ParameterPolicyFactory>() is { } constraints) services.AddSingleton(constraints);
        return services.BuildServiceProvider();
    }

    /// <summary>What a route would do with a request.</summary>
    private sealed class Sketch
    {
        private readonly string _routeId;
        private readonly RouteState _state;
        private readonly RouteSplit? _split;

        public Sketch(RouteOptions route, Dictionary<string, Cluster> clusters, RandomSource random)
        {
            _routeId = route.RouteId;
            RouteState[] sides = [.. route.ClusterIds.Select(id => new RouteState
            {
                RouteId = route.RouteId, Transforms = new RouteTransforms(), Pipeline = null, Cluster = clusters.GetValueOrDefault(id), Forwarding = new ForwardingOptions(), Via = null,
            })];
            _state = sides[0];
            if (route.Split is not null) _split = new RouteSplit(route.Split, sides, random);
        }

        public DryRunTarget Tell(HttpContext context) => new(_routeId, (_split?.Foretell(context) ?? _state).Cluster?.Id)
        {
            Split = [.. _split?.Sides.Select(static s => new SplitDescription(s.Side.Cluster?.Id ?? "", s.Share)) ?? []],
        };
    }

    /// <summary>Makes the meters that routing asks for, under a name that nobody listens to.</summary>
    private sealed class UnheardMeters : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter("Net2Secure.Routing.Proxying.DryRun.Unheard");
            _meters.Add(meter);
            return meter;
        }

        public void Dispose() => _meters.ForEach(static m => m.Dispose());
    }
}
