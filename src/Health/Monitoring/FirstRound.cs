using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>The first probes of a new cluster: its requests wait for them, for a bounded time.</summary>
/// <remarks>
/// It is over when half of the destinations are found healthy, when all have been probed, or when the time is up. Without it the first requests would go to whoever is there, dead
/// or alive, or all of them to the first that answers its probe.
/// </remarks>
internal sealed class FirstRound
{
    private readonly Cluster _cluster;
    private readonly int _destinations;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _over;
    private readonly ITimer? _timer;
    private int _probed;
    private int _healthy;

    /// <param name="cluster">The cluster, which has its requests wait from now on.</param>
    /// <param name="destinations">How many there are to be probed.</param>
    /// <param name="timeout">How long requests wait at most.</param>
    /// <param name="runsInline">Whether the requests go on on the thread that ends the round, rather than on one of the pool.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it is said that time was up.</param>
    public FirstRound(Cluster cluster, int destinations, TimeSpan timeout, bool runsInline, TimeProvider time, ILogger logger)
    {
        (_cluster, _destinations, _logger) = (cluster, destinations, logger);
        _over = new(runsInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.HoldUntil(_over.Task);
        _timer = time.CreateTimer(static state => ((FirstRound)state!).GiveUp(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A destination has been probed for the first time. Called by one thread at a time, after the cluster has heard of it.</summary>
    public void Take(DestinationHealth health)
    {
        _probed++;
        if (health == DestinationHealth.Healthy) _healthy++;
        if (_healthy * 2 >= _destinations || _probed >= _destinations) End();
    }

    /// <summary>Lets requests go on.</summary>
    public void End()
    {
        if (!_over.TrySetResult()) return;
        _cluster.HoldUntil(null);
        _timer?.Dispose();
    }

    private void GiveUp()
    {
        if (_over.Task.IsCompleted) return;
        MonitoringLog.StartedUnproven(_logger, _cluster.Id, _healthy, _destinations);
        End();
    }
}
