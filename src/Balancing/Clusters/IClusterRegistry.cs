using System.Diagnostics.CodeAnalysis;

namespace Net2Secure.Routing.Balancing;

/// <summary>The live clusters of the process, whoever described them: a proxy's configuration, or the code of an application for its clients.</summary>
/// <remarks>Thread-safe. Looking a cluster up costs one dictionary read.</remarks>
public interface IClusterRegistry
{
    /// <summary>All clusters of this moment.</summary>
    IReadOnlyCollection<Cluster> Clusters { get; }

    /// <summary>Finds a cluster by its name, without regard to case.</summary>
    bool TryGet(string clusterId, [NotNullWhen(true)] out Cluster? cluster);
}
