using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Telemetry;

/// <summary>The span of a request: that of ASP.NET Core where somebody listens to it, and one of our own where nobody does.</summary>
internal readonly struct ServerSpan
{
    private readonly Activity? _activity;
    private readonly bool _isOurs;

    private ServerSpan(Activity? activity, bool isOurs) => (_activity, _isOurs) = (activity, isOurs);

    /// <summary>Whether what it is told goes anywhere.</summary>
    public bool IsRecorded => _activity is { IsAllDataRequested: true };

    /// <summary>The identifier of the trace, in hexadecimal; <see langword="null"/> without one.</summary>
    public string? TraceId => _activity?.TraceId.ToHexString();

    /// <summary>Begins the span, or finds it. To be called in the async method that the request runs in: what it makes the current activity is so for that method only.</summary>
    public static ServerSpan Begin(HttpContext context, RouteState route)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { Source: { Name.Length: > 0 } source } servers && source.HasListeners()) return new(servers, isOurs: false);
        return RoutingTraces.Source.HasListeners() ? new(Start(context, route), isOurs: true) : default;
    }

    /// <summary>The request is over.</summary>
    public void End(RouteState route, RequestRecord record)
    {
        if (_activity is null) return;
        if (_activity.IsAllDataRequested) Describe(_activity, route, record);
        if (_isOurs) _activity.Dispose();
    }

    /// <summary>Adds an attribute.</summary>
    public void Set(string name, object? value) => _activity?.SetTag(name, value);

    private void Describe(Activity activity, RouteState route, RequestRecord record)
    {
        activity.SetTag(HttpAttributes.RouteId, route.RouteId);
        if (route.Cluster is { } cluster) activity.SetTag(HttpAttributes.ClusterId, cluster.Id);
        if (record.Destination is { } destination) activity.SetTag(HttpAttributes.DestinationId, destination.Id);
        if (_isOurs && record.Status != 0) activity.SetTag(HttpAttributes.Status, HttpAttributes.StatusOf(record.Status));
        if (record.ErrorType is not { } error) return;
        activity.SetTag(HttpAttributes.ErrorType, error);
        activity.SetStatus(ActivityStatusCode.Error);
    }

    private static Activity? Start(HttpContext context, RouteState route)
    {
        var request = context.Request;
        var parent = default(ActivityContext);
        if (route.Forwarding.TraceContext != TraceContextMode.Drop)
        {
            DistributedContextPropagator.Current.ExtractTraceIdAndState(request.Headers, Read, out var id, out var state);
            if (!ActivityContext.TryParse(id, state, isRemote: true, out parent)) parent = default;
        }

        // One that the server makes for its log only is exported by nobody: a child of it would have a parent that nobody knows.
        Activity.Current = null;
        var method = HttpAttributes.MethodOf(request.Method);
        var template = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        var name = method == HttpAttributes.OtherMethod ? "HTTP" : method;
        var activity = RoutingTraces.Source.StartActivity(template is null ? name : $"{name} {template}", ActivityKind.Server, parent);
        if (activity is not { IsAllDataRequested: true }) return activity;
        activity.SetTag(HttpAttributes.Method, method);
        if (method == HttpAttributes.OtherMethod) activity.SetTag(HttpAttributes.OriginalMethod, request.Method);
        activity.SetTag("url.scheme", request.Scheme);
        activity.SetTag("url.path", request.Path.Value);
        if (template is not null) activity.SetTag("http.route", template);
        activity.SetTag(HttpAttributes.ServerAddress, request.Host.Host);
        if (request.Host.Port is { } port) activity.SetTag(HttpAttributes.ServerPort, port);
        activity.SetTag("client.address", context.Connection.RemoteIpAddress?.ToString());
        activity.SetTag(HttpAttributes.ProtocolVersion, request.Protocol.Length > 5 ? request.Protocol[5..] : request.Protocol);
        return activity;
    }

    private static void Read(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        values = null;
        value = ((IHeaderDictionary)carrier!)[name] is [{ } only] ? only : null;
    }
}
