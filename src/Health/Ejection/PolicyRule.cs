using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>What the policy named in the settings finds.</summary>
internal sealed class PolicyRule(string name, IPassiveHealthPolicy policy, ClusterOptions cluster, ILogger logger) : IOutlierRule
{
    public const string Name = "policy";

    private bool _failed;

    /// <inheritdoc/>
    public Verdict? Judge(ClusterTraffic traffic, int index)
    {
        try
        {
            var fault = policy.FindFault(new PassiveHealthContext(cluster, traffic.Destinations[index], traffic.Window, index));
            _failed = false;
            return fault is null ? null : new(Name, fault, IsUnreachable: false);
        }
        catch (Exception e) // a user's policy
        {
            if (!_failed) EjectionLog.PolicyFailed(logger, name, cluster.ClusterId, e);
            _failed = true;
            return null;
        }
    }
}
