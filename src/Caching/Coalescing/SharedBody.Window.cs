namespace Net2Secure.Routing.Caching;

/// <content>Where the writer writes to: for as long as the body is kept, and when it has become a window.</content>
internal sealed partial class SharedBody
{
    private const int WindowBytes = 8 * SegmentPool.SegmentBytes;

    /// <summary>Room to write to. In a window it may take a while until there is some.</summary>
    public async ValueTask<Memory<byte>> GetRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task roomChanged;
            TimeSpan patience;
            SharedBodyStream? reader = null;
            lock (_lock)
            {
                if (!_isWindow && !HasBudget_NeedsLock()) reader = BecomeWindow_NeedsLock();
                if (!_isWindow) return _segments.GetRoom();
            }

            if (reader is not null) Outgrown?.Invoke(reader);
            lock (_lock)
            {
                Trim_NeedsLock();
                if (_segments.Length - Slowest_NeedsLock() < WindowBytes) return _segments.GetRoom();
                roomChanged = (_roomChanged ??= NewSource()).Task;
                patience = SlowestIsStore_NeedsLock() ? _options.StoreStallTimeout : _options.StallTimeout;
            }

            try
            {
                await roomChanged.WaitAsync(patience, _options.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                CutOffSlowest();
            }
        }
    }

    /// <returns>A reader for the store that wants what is not kept; <see langword="null"/>: no store does, or it has had its reader.</returns>
    private SharedBodyStream? BecomeWindow_NeedsLock()
    {
        if (_isWindow) return null;
        _isWindow = true;
        if (Outgrown is null || _failure is not null) return null;
        var reader = new SharedBodyStream(this, isClient: false);
        _readers.Add(reader);
        return reader;
    }

    private bool HasBudget_NeedsLock()
    {
        if (_segments.Length < _budgeted) return true;
        if (!_options.Budget.TryTake(SegmentPool.SegmentBytes)) return false;
        _budgeted += SegmentPool.SegmentBytes;
        return true;
    }

    private long Slowest_NeedsLock()
    {
        var slowest = _segments.Length;
        foreach (var reader in _readers) slowest = Math.Min(slowest, reader.Offset);
        return slowest;
    }

    private bool SlowestIsStore_NeedsLock()
    {
        var slowest = Slowest_NeedsLock();
        foreach (var reader in _readers)
        {
            if (!reader.IsClient && reader.Offset == slowest) return true;
        }

        return false;
    }

    private void Trim_NeedsLock()
    {
        _segments.DropBefore(Slowest_NeedsLock());
        // What is left is a window, which every body may have.
        _options.Budget.Return(_budgeted);
        _budgeted = 0;
    }

    private void CutOffSlowest()
    {
        lock (_lock)
        {
            // One client alone may be as slow as it likes: it is only itself that waits.
            var slowest = Slowest_NeedsLock();
            var hasStore = SlowestIsStore_NeedsLock();
            if (!hasStore && _readers.Count < 2) return;
            foreach (var reader in _readers)
            {
                if (reader.Offset != slowest || reader.IsClient == hasStore) continue;
                reader.IsCutOff = true;
                Remove_NeedsLock(reader);
            }

            Signal(ref _changed);
        }
    }
}
