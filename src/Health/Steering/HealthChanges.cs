using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Net2Secure.Routing.Health;

/// <summary>Hands changes to those who watch, each at its own pace: nobody waits for a reader.</summary>
internal sealed class HealthChanges
{
    private const int MostWaiting = 1024;

    private readonly Lock _lock = new();
    private Channel<HealthChange>[] _readers = [];

    /// <summary>Tells all who watch.</summary>
    public void Tell(HealthChange change)
    {
        foreach (var reader in Volatile.Read(ref _readers)) reader.Writer.TryWrite(change);
    }

    /// <summary>The changes from now on.</summary>
    public async IAsyncEnumerable<HealthChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<HealthChange>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_lock) Volatile.Write(ref _readers, [.. _readers, channel]);
        try
        {
            await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return change;
        }
        finally
        {
            lock (_lock) Volatile.Write(ref _readers, [.. _readers.Where(r => r != channel)]);
        }
    }
}
