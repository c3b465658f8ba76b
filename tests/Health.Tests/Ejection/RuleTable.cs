using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Ejection;

/// <summary>Traffic for tables of rules.</summary>
internal static class RuleTable
{
    /// <summary>Whether a rule has something against the first of some destinations.</summary>
    public static bool Accuses(this IOutlierRule rule, params TrafficSummary[] traffic) => rule.Judge(Of(traffic), 0) is not null;

    public static ClusterTraffic Of(params TrafficSummary[] traffic) => new(
        [.. traffic.Select((_, i) => new Destination("shop", $"d{i}", new Uri("http://10.0.0.1/"), new DestinationOptions()))], traffic, traffic);

    public static TrafficSummary Errors(int errors, int requests) => new() { Requests = requests, ServerErrors = errors };
}
