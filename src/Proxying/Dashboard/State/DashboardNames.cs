using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>The words by which the dashboard calls things.</summary>
internal static class DashboardNames
{
    /// <summary>What an operator has said.</summary>
    public static string Of(DestinationOverride state) => state switch
    {
        DestinationOverride.Healthy => "healthy",
        DestinationOverride.Unhealthy => "unhealthy",
        DestinationOverride.Draining => "draining",
        _ => "none",
    };

    /// <summary>Reads what an operator says.</summary>
    public static DestinationOverride? Parse(string? state) => state switch
    {
        "none" => DestinationOverride.None,
        "healthy" => DestinationOverride.Healthy,
        "unhealthy" => DestinationOverride.Unhealthy,
        "draining" => DestinationOverride.Draining,
        _ => null,
    };

    /// <summary>What has become of something, and why; a reason that begins with the same word does not say it twice.</summary>
    public static string Because(string what, string reason) =>
        reason.Length == 0 ? what : reason.StartsWith(what + ": ", StringComparison.OrdinalIgnoreCase) ? string.Concat(what, reason.AsSpan(what.Length)) : $"{what}: {reason}";

    /// <summary>Which requests a route takes, in one line.</summary>
    public static string Of(RouteMatchOptions match)
    {
        var methods = match.Methods is { Count: > 0 } m ? string.Join(",", m) + " " : "";
        var hosts = match.Hosts is { Count: > 0 } h ? string.Join(",", h) : "";
        var more = (match.Headers?.Count ?? 0) + (match.QueryParameters?.Count ?? 0) > 0 ? " + conditions" : "";
        return string.Concat(methods, hosts, match.Path ?? (hosts.Length > 0 ? "" : "any"), more);
    }
}
