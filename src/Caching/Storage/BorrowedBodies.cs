namespace Net2Secure.Routing.Caching;

/// <summary>Bodies that are in memory on their way to or from a store elsewhere, bounded one by one and all together. Thread-safe.</summary>
internal sealed class BorrowedBodies(long maxBodyBytes, long maxTransferBytes)
{
    private const int FreePart = 4;

    private readonly TransferBudget _budget = new(maxTransferBytes);
    private readonly SegmentPool _pool = new(maxTransferBytes / FreePart);

    /// <summary>Takes in a body that is to be stored.</summary>
    /// <param name="body">The body, as it arrives.</param>
    /// <param name="expected">Its length, if it is known; else -1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns><see langword="null"/>: it is too large, or there is no room. Else to be given back by <see cref="Return"/>.</returns>
    public async ValueTask<BodySegments?> TakeAsync(Stream body, long expected, CancellationToken cancellationToken)
    {
        if (expected > maxBodyBytes) return null;
        var segments = new BodySegments(_pool);
        var isWhole = false;
        try
        {
            while (segments.Length <= maxBodyBytes)
            {
                if (segments.Capacity == segments.Length && !_budget.TryTake(SegmentPool.SegmentBytes)) return null;
                var room = segments.GetRoom();
                var read = await body.ReadAsync(room, cancellationToken).ConfigureAwait(false);
                isWhole = read == 0;
                if (isWhole) return segments;
                segments.Advance(read);
            }

            return null;
        }
        finally
        {
            if (!isWhole) Return(segments);
        }
    }

    /// <summary>Lets go of a body that was taken in.</summary>
    public void Return(BodySegments body)
    {
        _budget.Return(body.Capacity);
        body.Release();
    }

    /// <summary>Makes room for bytes that are to be brought.</summary>
    /// <returns>Where they go; <see langword="null"/>: there is no room.</returns>
    public BodySegments? Begin(long bytes) => bytes <= maxBodyBytes && _budget.TryTake(bytes) ? new BodySegments(_pool) : null;

    /// <summary>They have not come after all.</summary>
    public void GiveUp(BodySegments segments, long bytes)
    {
        segments.Release();
        _budget.Return(bytes);
    }

    /// <summary>They have come: a stream of a part of them, which lets go of them when it is disposed.</summary>
    public Stream Open(BodySegments segments, long bytes, long offset, long count) => new BorrowedStream(new SegmentStream(segments, offset, count), _budget, bytes);

    private sealed class BorrowedStream(SegmentStream inner, TransferBudget budget, long bytes) : ReadOnlyStream
    {
        private int _isReturned;

        public override int Read(Span<byte> buffer) => inner.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => inner.CopyToAsync(destination, bufferSize, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
                if (Interlocked.Exchange(ref _isReturned, 1) == 0) budget.Return(bytes);
            }

            base.Dispose(disposing);
        }
    }
}
