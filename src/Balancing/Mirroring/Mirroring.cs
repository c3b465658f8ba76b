using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Copies requests of its cluster to another one, within bounds, and looks after the copies to their end.</summary>
internal sealed class Mirroring(Cluster cluster, Lazy<IClusterRegistry> registry, RandomSource random, MirrorMetrics metrics, ILogger logger) : IClusterFeature
{
    /// <summary>Bytes of an answer that are read, so that its connection can be used again; a longer one is cut.</summary>
    private const long MostRead = 1024 * 1024;

    private readonly CancellationTokenSource _ending = new();
    private MirrorSettings? _settings;
    private MirrorSender? _sender;
    private int _underWay;
    private int _isFailing;

    /// <summary>The cluster whose requests are copied.</summary>
    public Cluster Cluster => cluster;

    /// <summary>The settings; <see langword="null"/>: nothing is copied.</summary>
    public MirrorSettings? Settings => Volatile.Read(ref _settings);

    /// <summary>Copies of requests of this cluster that are under way.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <inheritdoc/>
    public void Configure(ClusterSnapshot snapshot) => Volatile.Write(ref _settings, MirrorSettings.Of(snapshot.Options));

    /// <summary>Gives the cluster a way for copies that it gets.</summary>
    public void UseSender(MirrorSender sender) => Volatile.Write(ref _sender, sender);

    /// <summary>Whether a request is to be copied.</summary>
    public bool Draws(MirrorSettings settings, HttpRequestMessage request) =>
        (settings.AnyMethod || Repeatability.IsIdempotent(request.Method))
        && !MirrorCopy.IsStream(request)
        && (settings.Percent >= 100 || random.Next(100) < settings.Percent);

    /// <summary>A request that was to be copied cannot be, because of its body.</summary>
    public void SkipForBody(MirrorSettings settings) => metrics.Skipped(cluster.Id, settings.ClusterId, MirrorMetrics.Body);

    /// <summary>Sends a copy, which it takes over, and returns at once.</summary>
    /// <param name="settings">The settings that it is made by.</param>
    /// <param name="copy">The copy.</param>
    /// <param name="otherwise">Sends it where the other cluster has no way of its own; looks at <see cref="RequestRouting.SentTo"/>.</param>
    public void Start(MirrorSettings settings, HttpRequestMessage copy, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> otherwise)
    {
        if (Interlocked.Increment(ref _underWay) > settings.MaxConcurrent)
        {
            Interlocked.Decrement(ref _underWay);
            copy.Dispose();
            metrics.Skipped(cluster.Id, settings.ClusterId, MirrorMetrics.Concurrency);
            return;
        }

        // On another thread: what it does before it first waits would be time of the request.
        ThreadPool.UnsafeQueueUserWorkItem(static s => _ = s.Mirroring.RunAsync(s.Settings, s.Copy, s.Otherwise), (Mirroring: this, Settings: settings, Copy: copy, Otherwise: otherwise), preferLocal: false);
    }

    /// <summary>Making a copy has failed.</summary>
    public void Contain(MirrorSettings settings, Exception e) => Fail(settings, AttemptFailureKinds.ProxyInternalError, e);

    /// <inheritdoc/>
    public void Dispose() => _ending.Cancel();

    private async Task RunAsync(MirrorSettings settings, HttpRequestMessage copy, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> otherwise)
    {
        try
        {
            using (copy)
            {
                if (!registry.Value.TryGet(settings.ClusterId, out var target))
                {
                    Fail(settings, AttemptFailureKinds.DestinationUnavailable, new NoDestinationException(settings.ClusterId));
                    return;
                }

                // A cluster with a budget of its own says how much it takes beyond what its clients ask for.
                if (target.Snapshot.Options.Resilience?.Budget is not null && target.Feature<AttemptBudget>() is { } budget && !budget.TryTake(ExtraAttempt.Mirror))
                {
                    metrics.Skipped(cluster.Id, settings.ClusterId, MirrorMetrics.Budget);
                    return;
                }

                await SendAsync(settings, target, copy, otherwise).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            Fail(settings, KindOf(e, copy), e);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task SendAsync(MirrorSettings settings, Cluster target, HttpRequestMessage copy, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> otherwise)
    {
        using var timeout = new CancellationTokenSource(settings.Timeout, cluster.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _ending.Token);
        try
        {
            var routing = RequestRouting.GetOrCreate(copy);
            Task<HttpResponseMessage> sending;
            if (target.Feature<Mirroring>()?._sender is { } sender)
            {
                (copy.Version, copy.VersionPolicy) = (sender.Version, sender.VersionPolicy);
                sending = sender.Pipeline.SendAsync(copy, ending.Token);
            }
            else
            {
                routing.SentTo = target;
                sending = otherwise(copy, ending.Token);
            }

            using var response = await sending.ConfigureAwait(false);
            await DrainAsync(response, ending.Token).ConfigureAwait(false);
            metrics.Ended(cluster.Id, settings.ClusterId, (int)response.StatusCode, null);
            if (Interlocked.Exchange(ref _isFailing, 0) == 1) MirrorLog.Working(logger, cluster.Id, settings.ClusterId);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            Fail(settings, AttemptFailureKinds.HttpResponseTimeout, e);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The cluster has gone, and its copies with it.
        }
    }

    private static async Task DrainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                var total = 0L;
                int read;
                while (total < MostRead && (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0) total += read;
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string KindOf(Exception e, HttpRequestMessage copy) => e is NoDestinationException { Reason: not NoDestinationReason.NoneUsable }
        ? AttemptFailureKinds.ConnectionLimitReached
        : AttemptFailureReader.Read(e, copy).Kind;

    private void Fail(MirrorSettings settings, string kind, Exception e)
    {
        metrics.Ended(cluster.Id, settings.ClusterId, null, kind);
        if (Interlocked.Exchange(ref _isFailing, 1) == 0) MirrorLog.Failing(logger, cluster.Id, settings.ClusterId, kind);
        MirrorLog.Failed(logger, settings.ClusterId, e);
    }
}
