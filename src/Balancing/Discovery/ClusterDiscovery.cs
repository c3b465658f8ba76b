using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Asks again and again for the servers of one cluster, and has the cluster changed when the answers do.</summary>
/// <remarks>One loop for each destination that is looked for. A loop never ends by a failure: what was found last stays, and it is asked again.</remarks>
internal sealed class ClusterDiscovery(Cluster cluster, Discoverer discoverer) : IClusterFeature
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WithoutTimeToLive = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<DiscoveredNames.Question, Watch> _watches = [];
    private bool _disposed;

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot)
    {
        lock (_lock)
        {
            if (_disposed) return;
            var asked = DiscoveredNames.QuestionsOf(snapshot.Options).ToHashSet();
            foreach (var (question, watch) in _watches.ToList())
            {
                if (asked.Contains(question) && ReferenceEquals(watch.Options, snapshot.Options)) continue;
                _watches.Remove(question);
                watch.Stop.Cancel();
            }

            foreach (var question in asked)
            {
                if (_watches.ContainsKey(question)) continue;
                var watch = new Watch(snapshot.Options, snapshot.Discovered.Find(question));
                _watches.Add(question, watch);
                _ = WatchAsync(question, watch);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var watch in _watches.Values) watch.Stop.Cancel();
            _watches.Clear();
        }
    }

    private async Task WatchAsync(DiscoveredNames.Question question, Watch watch)
    {
        var stop = watch.Stop.Token;
        var (last, isFailing, retry) = (watch.Last, watch.Last is null, FirstRetry);
        var pause = last is null ? FirstRetry : PauseAfter(last, watch.Options.Discovery!);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(discoverer.Jittered(pause), discoverer.Time, stop).ConfigureAwait(false);
                var found = await discoverer.AskAsync(watch.Options, question, stop).ConfigureAwait(false);
                if (isFailing) DiscoveryLog.Recovered(discoverer.Logger, cluster.Id, question.DestinationId);
                (isFailing, retry, pause) = (false, FirstRetry, PauseAfter(found, watch.Options.Discovery!));
                if (last is not null && found.SameAs(last)) continue;

                // Away from the thread that sockets complete on: to change a cluster takes a lock.
                await Task.Yield();
                if (discoverer.Change(cluster, watch.Options, question, found)) last = found;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) // whatever goes wrong: it is asked again
            {
                if (!isFailing) discoverer.LogFailure(cluster.Id, question, e, last);
                isFailing = true;
                pause = retry;
                retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
            }
        }
    }

    private static TimeSpan PauseAfter(DiscoveredDestinations found, DiscoveryOptions options)
    {
        if (options.RefreshInterval is { } interval) return interval;
        var timeToLive = found.TimeToLive ?? WithoutTimeToLive;
        return timeToLive < options.MinTimeToLive ? options.MinTimeToLive : timeToLive > options.MaxTimeToLive ? options.MaxTimeToLive : timeToLive;
    }

    /// <summary>One loop: for the settings that it began with.</summary>
    private sealed record Watch(ClusterOptions Options, DiscoveredDestinations? Last)
    {
        public CancellationTokenSource Stop { get; } = new();
    }

    /// <summary>Gives each cluster its own.</summary>
    internal sealed class Factory(Discoverer discoverer) : IClusterFeatureFactory
    {
        /// <inheritdoc/>
        public IClusterFeature Create(Cluster cluster) => new ClusterDiscovery(cluster, discoverer);
    }
}
