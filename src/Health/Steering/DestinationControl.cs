using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Steers the live clusters.</summary>
internal sealed class DestinationControl(IClusterRegistry registry, TimeProvider time) : IDestinationControl
{
    private const int MaxWeight = 65_535;

    /// <inheritdoc/>
    public bool Force(string clusterId, string destinationId, DestinationOverride state, string reason)
    {
        ArgumentNullException.ThrowIfNull(clusterId);
        ArgumentNullException.ThrowIfNull(destinationId);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (!Enum.IsDefined(state)) throw new ArgumentOutOfRangeException(nameof(state), state, $"One of {string.Join(", ", Enum.GetNames<DestinationOverride>())} is expected.");
        if (!registry.TryGet(clusterId, out var cluster) || Find(cluster, destinationId) is not { } destination) return false;
        cluster.Update(destination, reason, status => status with { Override = state });
        return true;
    }

    /// <inheritdoc/>
    public bool SetWeight(string clusterId, string destinationId, int? weight, string reason)
    {
        ArgumentNullException.ThrowIfNull(clusterId);
        ArgumentNullException.ThrowIfNull(destinationId);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (weight is < 0 or > MaxWeight) throw new ArgumentOutOfRangeException(nameof(weight), weight, "0 to 65,535 is expected, or null for the configured weight.");
        if (!registry.TryGet(clusterId, out var cluster) || Find(cluster, destinationId) is not { } destination) return false;
        cluster.Update(destination, reason, status => status with { Weight = weight });
        return true;
    }

    /// <inheritdoc/>
    public Task<bool> WaitForIdleAsync(string clusterId, string? destinationId, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(clusterId);
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, TimeSpan.FromDays(1));
        if (!registry.TryGet(clusterId, out var cluster)) return Task.FromResult(true);
        if (destinationId is null) return IdleWait.RunAsync(cluster.Snapshot.Destinations, timeout, time, cancellationToken);
        return Find(cluster, destinationId) is { } destination ? IdleWait.RunAsync([destination], timeout, time, cancellationToken) : Task.FromResult(true);
    }

    private static Destination? Find(Cluster cluster, string id)
    {
        foreach (var destination in cluster.Snapshot.Destinations)
        {
            if (string.Equals(destination.Id, id, StringComparison.OrdinalIgnoreCase)) return destination;
        }

        return null;
    }
}
