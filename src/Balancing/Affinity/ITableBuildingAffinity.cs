namespace Net2Secure.Routing.Balancing;

/// <summary>An ability of ways of affinity that compute something for a set of destinations before requests come, such as their keys.</summary>
public interface ITableBuildingAffinity : ISessionAffinity
{
    /// <summary>Computes the table for a configuration. Called before that is published, and not on the request path. A failure refuses the configuration.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="destinations">All destinations, those that take no traffic included.</param>
    /// <returns>An immutable table, handed to the other methods as <see cref="AffinityContext.Table"/> and <see cref="AffinityAnswer.Table"/>.</returns>
    object BuildTable(SessionAffinityOptions options, IReadOnlyList<Destination> destinations);
}
