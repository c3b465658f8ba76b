using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying;

/// <summary>Routes and clusters at one moment. Immutable: a change is a new instance, announced by <see cref="ChangeToken"/>.</summary>
public interface IProxyConfig
{
    /// <summary>Tells one revision from another in logs. Default: a number that counts up.</summary>
    string RevisionId { get; }

    /// <summary>The routes.</summary>
    IReadOnlyList<RouteOptions> Routes { get; }

    /// <summary>The clusters.</summary>
    IReadOnlyList<ProxyClusterOptions> Clusters { get; }

    /// <summary>Fires once when there is something newer.</summary>
    IChangeToken ChangeToken { get; }
}
