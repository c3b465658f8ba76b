using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Proxying.Shielding;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>The endpoints of the dashboard: the page, what it reads and what it asks for. The same for the page and for tools.</summary>
internal sealed class DashboardEndpoints
{
    private readonly DashboardFeed _feed;
    private readonly DashboardStream _stream;
    private readonly DashboardActions _actions;
    private readonly DashboardDryRun _dryRun;
    private readonly IRequestExplanations _explanations;
    private readonly ILogger _logger;
    private readonly bool _isLocalOnly;

    private DashboardEndpoints(IServiceProvider services, bool isLocalOnly)
    {
        _feed = services.GetRequiredService<DashboardFeed>();
        _logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Net2Secure.Routing.Proxying.Dashboard");
        _stream = new DashboardStream(_feed, services.GetRequiredService<TimeProvider>(), services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None);
        _actions = new DashboardActions(services.GetRequiredService<IDestinationControl>(), _feed, _logger);
        _explanations = services.GetRequiredService<IRequestExplanations>();
        _dryRun = new DashboardDryRun(services.GetRequiredService<DryRun.ProxyDryRun>());
        _isLocalOnly = isLocalOnly;
    }

    /// <summary>Maps them.</summary>
    /// <param name="endpoints">The routes of the application.</param>
    /// <param name="pattern">The path that they are below.</param>
    /// <param name="isLocalOnly">Whether requests from other machines find nothing here.</param>
    public static RouteGroupBuilder Map(IEndpointRouteBuilder endpoints, string pattern, bool isLocalOnly)
    {
        var own = new DashboardEndpoints(endpoints.ServiceProvider, isLocalOnly);
        own._feed.Start();
        var group = endpoints.MapGroup(pattern).WithMetadata(new AdministrativeEndpoint("the dashboard, which steers the proxy,", isLocalOnly));
        own.Get(group, "/", ServePageAsync);
        own.Get(group, "/dashboard.css", DashboardAsset.Style.ServeAsync);
        own.Get(group, "/dashboard.js", DashboardAsset.Script.ServeAsync);
        own.Get(group, "/dry-run.js", DashboardAsset.DryRunScript.ServeAsync);
        own.Get(group, "/api/openapi.json", DashboardAsset.OpenApi.ServeAsync);
        own.Get(group, "/api/state", own.ServeStateAsync);
        own.Get(group, "/api/stream", own._stream.ServeAsync);
        own.Get(group, "/api/events", own.ServeEventsAsync);
        own.Get(group, "/api/requests", own.ServeRequestsAsync);
        own.Get(group, "/api/requests/{id:long}", own.ServeRequestAsync);
        own.Post(group, "/api/dry-run", own._dryRun.ServeAsync);
        own.Post(group, "/api/actions/override", own._actions.OverrideAsync);
        own.Post(group, "/api/actions/weight", own._actions.WeightAsync);
        own.Post(group, "/api/actions/purge", own._actions.PurgeAsync);
        return group;
    }

    private void Get(RouteGroupBuilder group, string path, RequestDelegate serve) => group.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], Guard(serve));

    private void Post(RouteGroupBuilder group, string path, RequestDelegate serve) => group.MapMethods(path, [HttpMethods.Post], Guard(context =>
        DashboardAccess.FindForgery(context) is { } forgery ? DashboardAccess.RefuseAsync(context, forgery, _logger) : serve(context)));

    private RequestDelegate Guard(RequestDelegate serve) => context =>
    {
        DashboardResponse.Protect(context.Response);
        if (!_isLocalOnly || DashboardAccess.IsLocal(context)) return serve(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    };

    private static Task ServePageAsync(HttpContext context)
    {
        // Everything that the page asks for is relative to its folder.
        if (context.Request.Path.Value is { } path && !path.EndsWith('/'))
        {
            context.Response.Redirect(string.Concat(context.Request.PathBase.ToUriComponent(), context.Request.Path.ToUriComponent(), "/"));
            return Task.CompletedTask;
        }

        return DashboardAsset.Page.ServeAsync(context);
    }

    private Task ServeStateAsync(HttpContext context) => DashboardResponse.BytesAsync(context, _feed.Read().Whole, "application/json");

    private Task ServeEventsAsync(HttpContext context)
    {
        string? error = null;
        var after = RequestQuery.Number(context.Request.Query, "after", long.MaxValue, ref error) ?? 0;
        var limit = RequestQuery.Number(context.Request.Query, "limit", ProxyEvents.Capacity, ref error) ?? ProxyEvents.Capacity;
        if (error is not null) return DashboardResponse.ProblemAsync(context, StatusCodes.Status400BadRequest, "The events cannot be told.", error);
        return DashboardResponse.JsonAsync(context, new EventList(_feed.Events.Last, _feed.Events.After(after, (int)limit)), DashboardJson.Default.EventList);
    }

    private Task ServeRequestsAsync(HttpContext context)
    {
        if (RequestQuery.Read(context.Request.Query, out var error) is not { } query)
            return DashboardResponse.ProblemAsync(context, StatusCodes.Status400BadRequest, "The requests cannot be told.", error!);
        return DashboardResponse.JsonAsync(context, new RequestList(_explanations.IsEnabled, _explanations.Find(query)), DashboardJson.Default.RequestList);
    }

    private Task ServeRequestAsync(HttpContext context)
    {
        if (long.TryParse(context.Request.RouteValues["id"] as string, System.Globalization.CultureInfo.InvariantCulture, out var id) && _explanations.Find(id) is { } request)
            return DashboardResponse.JsonAsync(context, request, DashboardJson.Default.RequestExplanation);
        return DashboardResponse.ProblemAsync(context, StatusCodes.Status404NotFound, "There is no such request.", "It was never written down, or is not kept any more.");
    }
}
