using System.Globalization;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>A destination is at fault when too large a share of its attempts fail: no answer, or one cut short. What it answers does not matter.</summary>
/// <remarks>A share with a least number of requests, never a count: at one or two failures in a hundred any count is reached some time.</remarks>
internal sealed class TransportFailureRatePolicy : IPassiveHealthPolicy
{
    public const int DefaultMinimumRequests = 10;
    public const double DefaultRate = 0.3;

    /// <inheritdoc/>
    public string? FindFault(in PassiveHealthContext context)
    {
        var settings = context.Cluster.Section<HealthCheckOptions>()?.Passive;
        var traffic = context.Traffic;
        if (traffic.Requests < (settings?.MinimumRequests ?? DefaultMinimumRequests)) return null;
        var limit = PassiveHealthRules.RateLimitOf(context.Cluster.Metadata) ?? (settings?.FailurePercent is { } percent ? percent / 100.0 : DefaultRate);
        return traffic.FailureShare < limit ? null
            : string.Create(CultureInfo.InvariantCulture, $"{traffic.FailureShare:P0} of {traffic.Requests} attempts failed");
    }
}
