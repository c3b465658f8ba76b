using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching;

/// <summary>Carries purges over a store that knows nothing but values with names: each process writes what it has purged into values of its own, and reads those of all the others again and again.</summary>
/// <remarks>
/// <para>Nobody else writes what a process has published, so that none of it can be lost between two writers. Only the list of processes is written by several: who finds itself missing there adds itself again, and
/// who finds others missing that it knows adds them.</para>
/// <para>There are two sorts. A <em>lasting</em> purge concerns what is stored: it is kept for as long as anything from before it can be. A <em>passing</em> one concerns what others have in memory only, as the key in
/// the store is marked by itself: only the last <see cref="MaxPassing"/> are kept. Who has missed any hears that everything has been purged.</para>
/// <para>In step is who has read the list and all its stamps within the last <see cref="MaxBehind"/>; who is not must not use the store. Thread-safe.</para>
/// </remarks>
internal sealed class PolledPurgeChannel : ICachePurgeChannel, IAsyncDisposable
{
    /// <summary>Most lasting purges of one process.</summary>
    public const int MaxLasting = 4096;

    /// <summary>Most passing purges of one process.</summary>
    public const int MaxPassing = 512;

    /// <summary>How old the last look at the others may be.</summary>
    public static readonly TimeSpan MaxBehind = TimeSpan.FromSeconds(5);

    private readonly PurgePublisher _publisher;
    private readonly PurgeReader _reader;
    private readonly TimeSpan _pollInterval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _syncing = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task? _polling;
    private long _inStepUntil = long.MinValue;
    private bool _wasBehind;

    public PolledPurgeChannel(DistributedValues values, DistributedKeys keys, KnownPurges known, DistributedResponseCacheOptions options, TimeProvider time, ILogger logger)
    {
        (_pollInterval, _time, _logger) = (options.PollInterval, time, logger);
        _publisher = new PurgePublisher(Id, values, keys, known, options.MaxLifetime + options.ClockTolerance, time);
        _reader = new PurgeReader(Id, values, keys, known, _publisher, options, time) { Heard = purge => Purged?.Invoke(this, new(purge)) };
    }

    /// <inheritdoc/>
    public event EventHandler<CachePurgedEventArgs>? Purged;

    /// <summary>Tells this process from the others. New with each start.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    private bool IsInStep => _time.GetTimestamp() < Volatile.Read(ref _inStepUntil);

    /// <summary>Makes sure that what others have purged is known.</summary>
    /// <exception cref="Exception">The store could not be read in time.</exception>
    public ValueTask KeepInStepAsync(CancellationToken cancellationToken) => IsInStep ? default : new(SyncAsync(isAsked: true, cancellationToken));

    /// <inheritdoc/>
    public ValueTask PublishAsync(CachePurge purge, CancellationToken cancellationToken) => PublishAsync(purge, isLasting: true, cancellationToken);

    /// <param name="purge">What is no longer wanted.</param>
    /// <param name="isLasting">It concerns what is stored, and not only what others have in memory.</param>
    /// <param name="cancellationToken">Gives up waiting; the purge is told all the same.</param>
    public async ValueTask PublishAsync(CachePurge purge, bool isLasting, CancellationToken cancellationToken)
    {
        // Written down first: whatever fails now is made up for when the store is back.
        var mark = _publisher.Add(purge, isLasting);
        await KeepInStepAsync(cancellationToken).ConfigureAwait(false);
        await _publisher.FlushAsync(mark, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_polling is not null) await _polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task SyncAsync(bool isAsked, CancellationToken cancellationToken)
    {
        await _syncing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (isAsked && IsInStep) return;
            _polling ??= Task.Run(PollAsync, CancellationToken.None);
            var began = _time.GetTimestamp();
            await _publisher.FlushAsync(cancellationToken).ConfigureAwait(false);
            // What was missed before the first success may be in memory already.
            await _reader.ReadAsync(_wasBehind, cancellationToken).ConfigureAwait(false);
            if (_wasBehind) CachingLog.PurgesInStep(_logger);
            _wasBehind = false;
            Volatile.Write(ref _inStepUntil, began + (long)(MaxBehind.TotalSeconds * _time.TimestampFrequency));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (!_wasBehind) CachingLog.PurgesBehind(_logger, e);
            _wasBehind = true;
            throw;
        }
        finally
        {
            _syncing.Release();
        }
    }

    private async Task PollAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(_pollInterval, _time, _stop.Token).ConfigureAwait(false);
                await SyncAsync(isAsked: false, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception) when (!_stop.IsCancellationRequested)
            {
                // Said once, where it happened; the next round tries again.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
