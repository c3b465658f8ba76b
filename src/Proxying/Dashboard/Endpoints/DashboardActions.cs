using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Proxying.ResponseCaching.Purging;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Carries out what operators ask for, and writes down who has asked.</summary>
internal sealed class DashboardActions(IDestinationControl control, DashboardFeed feed, ILogger logger)
{
    private const long MaxBodyBytes = 16 * 1024;
    private const int MaxReason = 200;
    private const int MaxWeight = 65_535;

    /// <summary>Says what a destination is to be taken for.</summary>
    public async Task OverrideAsync(HttpContext context)
    {
        var (asked, error) = await ReadAsync(context, DashboardJson.Default.OverrideRequest).ConfigureAwait(false);
        if (asked is not null && DashboardNames.Parse(asked.State) is null) error = $"state is '{asked.State}': none, healthy, unhealthy or draining is expected.";
        error ??= FindMistake(asked!.Cluster, asked.Destination, asked.Reason);
        if (error is not null)
        {
            await RefuseAsync(context, error).ConfigureAwait(false);
            return;
        }

        var state = DashboardNames.Parse(asked!.State)!.Value;
        var isKnown = control.Force(asked.Cluster!, asked.Destination!, state, ReasonOf(context, asked.Reason));
        await EndAsync(context, isKnown, state == DestinationOverride.None ? "as measured" : asked.State!, asked.Cluster!, asked.Destination!, asked.Reason).ConfigureAwait(false);
    }

    /// <summary>Gives a destination a weight.</summary>
    public async Task WeightAsync(HttpContext context)
    {
        var (asked, error) = await ReadAsync(context, DashboardJson.Default.WeightRequest).ConfigureAwait(false);
        if (asked is { Weight: < 0 or > MaxWeight }) error = string.Create(CultureInfo.InvariantCulture, $"weight is {asked.Weight}: 0 to 65535 is expected, or null for the configured weight.");
        error ??= FindMistake(asked!.Cluster, asked.Destination, asked.Reason);
        if (error is not null)
        {
            await RefuseAsync(context, error).ConfigureAwait(false);
            return;
        }

        var isKnown = control.SetWeight(asked!.Cluster!, asked.Destination!, asked.Weight, ReasonOf(context, asked.Reason));
        var action = asked.Weight is { } weight ? string.Create(CultureInfo.InvariantCulture, $"weight {weight}") : "the configured weight";
        await EndAsync(context, isKnown, action, asked.Cluster!, asked.Destination!, asked.Reason).ConfigureAwait(false);
    }

    /// <summary>Purges the response cache, by the endpoint that applications map for it.</summary>
    public async Task PurgeAsync(HttpContext context)
    {
        await CachePurgeEndpoint.ServeAsync(context).ConfigureAwait(false);
        if (context.Response.StatusCode >= 300) return;
        feed.Events.Tell(ProxyEventKinds.Operator, Severities.Info, "Response cache", $"Purged by {DashboardAccess.UserOf(context)} at {DashboardAccess.AddressOf(context)}");
        feed.Refresh();
    }

    private static async ValueTask<(T? Asked, string? Error)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBodyBytes;
        try
        {
            var asked = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted).ConfigureAwait(false);
            return asked is null ? (null, "The body is null: an object is expected.") : (asked, null);
        }
        catch (JsonException e)
        {
            return (null, $"The body is not what is expected: {e.Message}");
        }
    }

    private static string? FindMistake(string? cluster, string? destination, string? reason)
    {
        if (string.IsNullOrEmpty(cluster)) return "cluster is missing.";
        if (string.IsNullOrEmpty(destination)) return "destination is missing.";
        return reason is { Length: > MaxReason } ? string.Create(CultureInfo.InvariantCulture, $"reason is too long: up to {MaxReason} characters are expected.") : null;
    }

    private static string ReasonOf(HttpContext context, string? reason) =>
        $"by {DashboardAccess.UserOf(context)} at {DashboardAccess.AddressOf(context)}{(string.IsNullOrWhiteSpace(reason) ? "" : $": {Printable(reason)}")}";

    // What goes into a log is one line.
    private static string Printable(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) ? ' ' : source[i];
    });

    private static Task RefuseAsync(HttpContext context, string error) =>
        DashboardResponse.ProblemAsync(context, StatusCodes.Status400BadRequest, "The action cannot be carried out.", error);

    private async Task EndAsync(HttpContext context, bool isKnown, string action, string cluster, string destination, string? reason)
    {
        if (!isKnown)
        {
            await DashboardResponse.ProblemAsync(context, StatusCodes.Status404NotFound, "The action cannot be carried out.", $"There is no destination '{destination}' in a cluster '{cluster}'.").ConfigureAwait(false);
            return;
        }

        DashboardLog.Acted(logger, DashboardAccess.UserOf(context), DashboardAccess.AddressOf(context), action, Printable(destination), Printable(cluster), Printable(reason ?? "none given"));
        feed.Refresh();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
