using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;

namespace Net2Secure.Routing.Caching;

/// <summary>Reads and writes values of an <see cref="IDistributedCache"/>, each within a bounded time, whether the implementation minds cancellation or not.</summary>
/// <remarks>What is given up may still be going on. So many of those may there be at a time; beyond that calls fail at once, so that a store that hangs does not gather them for ever. Thread-safe.</remarks>
internal sealed class DistributedValues(IDistributedCache cache, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Calls that may be going on at a time.</summary>
    public const int MaxCalls = 512;

    /// <summary>The largest value that is read.</summary>
    public const int MaxValueBytes = 4 * 1024 * 1024;

    private readonly IBufferDistributedCache? _buffering = cache as IBufferDistributedCache;
    private int _calls;

    public async ValueTask<StoredValue> GetAsync(string name, CancellationToken cancellationToken)
    {
        if (_buffering is null)
        {
            var bytes = await BoundAsync(static (call, token) => call.Cache.GetAsync(call.Name, token), new Call(cache, name), cancellationToken).ConfigureAwait(false);
            return bytes is null || bytes.Length > MaxValueBytes ? StoredValue.None : new StoredValue(bytes, null);
        }

        // Not disposed when the call fails or is given up: it may be written to still.
        var buffer = new PooledBuffer(MaxValueBytes);
        var found = await BoundAsync(static (call, token) => ((IBufferDistributedCache)call.Cache).TryGetAsync(call.Name, call.Buffer!, token).AsTask(), new Call(cache, name, buffer), cancellationToken)
            .ConfigureAwait(false);
        if (found) return new StoredValue(buffer.Written, buffer);
        buffer.Dispose();
        return StoredValue.None;
    }

    /// <param name="name">The name.</param>
    /// <param name="value">The value. Kept by nobody once this has ended well.</param>
    /// <param name="lifetime">When it may be forgotten.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask SetAsync(string name, ReadOnlyMemory<byte> value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var options = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = lifetime };
        await BoundAsync(
            static async (call, token) =>
            {
                if (call.Cache is IBufferDistributedCache buffering) await buffering.SetAsync(call.Name, new ReadOnlySequence<byte>(call.Value), call.Options!, token).ConfigureAwait(false);
                else await call.Cache.SetAsync(call.Name, call.Value.ToArray(), call.Options!, token).ConfigureAwait(false);
                return true;
            },
            new Call(cache, name, null, value, options),
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask RemoveAsync(string name, CancellationToken cancellationToken) => await BoundAsync(
        static async (call, token) =>
        {
            await call.Cache.RemoveAsync(call.Name, token).ConfigureAwait(false);
            return true;
        },
        new Call(cache, name),
        cancellationToken).ConfigureAwait(false);

    private async Task<T> BoundAsync<T>(Func<Call, CancellationToken, Task<T>> start, Call call, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _calls) > MaxCalls)
        {
            Interlocked.Decrement(ref _calls);
            throw new IOException($"{MaxCalls} calls of the shared cache are going on already.");
        }

        using var patience = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var running = RunAsync(start, call, either.Token);
        try
        {
            return await running.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            // Nobody waits for it any more; its failure is not to be reported as one that nobody has seen.
            _ = running.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"The shared cache has not answered within {timeout}.", e);
        }
    }

    // An implementation may work before its first wait, or block; neither is for the caller to pay twice.
    private async Task<T> RunAsync<T>(Func<Call, CancellationToken, Task<T>> start, Call call, CancellationToken cancellationToken)
    {
        try
        {
            return await start(call, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    private readonly record struct Call(IDistributedCache Cache, string Name, PooledBuffer? Buffer = null, ReadOnlyMemory<byte> Value = default, DistributedCacheEntryOptions? Options = null);
}
