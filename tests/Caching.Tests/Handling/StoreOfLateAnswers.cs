namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>A store whose answer to one call can be held back after it has been looked up, so that it is out of date when it comes.</summary>
internal sealed class StoreOfLateAnswers : IResponseCache
{
    private readonly MemoryResponseCache _inner = new(new MemoryResponseCacheOptions());
    private Held? _next;

    /// <summary>Holds back what is found next.</summary>
    public Held HoldNext() => _next = new Held();

    public async ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var found = await _inner.FindAsync(key, cancellationToken);
        if (Interlocked.Exchange(ref _next, null) is { } held) await held.WaitAsync();
        return found;
    }

    public ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken) => _inner.StoreAsync(key, head, body, cancellationToken);

    public ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken) => _inner.UpdateAsync(key, current, head, cancellationToken);

    public ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken) => _inner.RemoveAsync(key, cancellationToken);

    public ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken) => _inner.PurgeAsync(purge, cancellationToken);

    /// <summary>An answer that is held back.</summary>
    internal sealed class Held
    {
        private readonly TaskCompletionSource _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goes = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when it has been looked up.</summary>
        public Task Found => _found.Task;

        /// <summary>Hands it out.</summary>
        public void LetGo() => _goes.SetResult();

        public Task WaitAsync()
        {
            _found.SetResult();
            return _goes.Task;
        }
    }
}
