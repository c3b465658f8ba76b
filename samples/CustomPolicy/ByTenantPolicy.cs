using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Samples.CustomPolicy;

/// <summary>Keeps all requests of one tenant on one server. A request that names no tenant goes to the first.</summary>
internal sealed class ByTenantPolicy : ILoadBalancingPolicy
{
    public Destination? Pick(in BalancingContext context)
    {
        if (!context.Request.Headers.NonValidated.TryGetValues("X-Tenant", out var tenant)) return context.Candidates[0];
        var hash = 0u;
        foreach (var letter in tenant.ToString()) hash = (hash * 31) + letter;
        return context.Candidates[(int)(hash % (uint)context.Candidates.Count)];
    }
}
