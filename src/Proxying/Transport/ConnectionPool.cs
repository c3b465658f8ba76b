using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <summary>The connections to one endpoint. Idle ones are used again most recently used first, so that a quiet time lets the rest age.</summary>
/// <remarks>Thread-safe. A connection is in the pool's hands only while it is idle; all that are open are counted.</remarks>
internal sealed class ConnectionPool(EndpointKey endpoint, Http1TransportOptions options, Connector connector, TrimmedPool<byte[]> arrays, TimeProvider time)
{
    private const int SweepSlice = 32;

    // Steps of the golden ratio spread the ages at which connections end evenly, whatever their number.
    private const double JitterStep = 0.6180339887498949;

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private Http1Connection[] _idle = new Http1Connection[4];
    private int _idleCount;
    private int _open;
    private int _made;
    private int _warming;
    private long _lastUse = time.GetTimestamp();

    private readonly UpstreamProxy? _proxy = UpstreamProxy.For(options.Proxy, endpoint);

    public Http1TransportOptions Options { get; } = options;

    public TimeProvider Time { get; } = time;

    /// <summary>What connections receive into.</summary>
    public TrimmedPool<byte[]> Arrays { get; } = arrays;

    /// <summary>The value of <c>Host</c> where a request names none.</summary>
    public string Authority { get; } = endpoint.Authority;

    /// <summary>The HTTP proxy that requests go to with their whole URL; <see langword="null"/> when they go to the endpoint itself.</summary>
    public UpstreamProxy? ForwardingProxy => endpoint.IsTls || endpoint.IsTunnel ? null : _proxy;

    /// <summary>It takes no connections back, and whoever still holds it looks for another.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Connections that are open or being opened.</summary>
    public int OpenCount
    {
        get
        {
            lock (_lock) return _open;
        }
    }

    /// <summary>Connections that wait for a request.</summary>
    public int IdleCount
    {
        get
        {
            lock (_lock) return _idleCount;
        }
    }

    /// <summary>Requests that wait for a connection.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_lock) return _waiters.Count;
        }
    }

    /// <summary>Takes an idle connection that is ready to send on; <see langword="null"/>: there is none.</summary>
    public Http1Connection? TryTake()
    {
        while (true)
        {
            Http1Connection connection;
            lock (_lock)
            {
                if (_idleCount == 0) return null;
                connection = _idle[--_idleCount];
                _idle[_idleCount] = null!;
            }

            if (!connection.IsExpired(Time.GetTimestamp()) && connection.TryArm()) return connection;
            connection.Close();
        }
    }

    /// <summary>Opens a connection, or waits for one when there are as many as there may be.</summary>
    /// <returns>A connection that is ready to send on; <see langword="null"/> when the pool has been retired.</returns>
    public async Task<Http1Connection?> AcquireAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            LinkedListNode<Waiter>? waiter = null;
            lock (_lock)
            {
                if (IsRetired) return null;
                if (_open < Options.MaxConnectionsPerEndpoint) _open++;
                else if (_waiters.Count >= Options.MaxPendingRequests)
                    throw TransportErrors.LimitReached($"All {Options.MaxConnectionsPerEndpoint} connections to {Authority} are in use and {_waiters.Count} requests wait.");
                else waiter = _waiters.AddLast(new Waiter());
            }

            var connection = waiter is null ? null : await WaitAsync(waiter, cancellationToken).ConfigureAwait(false);
            if (connection is null)
            {
                connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
                if (connection.TryArm()) return connection;
                connection.Close();
                throw TransportErrors.Terminated(SentState.NothingSent);
            }

            if (connection.TryArm()) return connection;
            connection.Close();
        }
    }

    /// <summary>Sends a request once more, after the connection it was sent on turned out to be dead.</summary>
    public async Task<HttpResponseMessage> SendAgainAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var connection = await AcquireAsync(cancellationToken).ConfigureAwait(false) ?? throw TransportErrors.Terminated(SentState.NothingSent);
        return await connection.SendAsync(request, RequestHeadWriter.Write(request, Authority, ForwardingProxy), mayRetry: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens connections until there are as many, idle or in use. What cannot be opened now is left to the next call.</summary>
    public async Task WarmAsync(int wanted, CancellationToken cancellationToken)
    {
        // One filling at a time, one connection at a time: a destination that comes back is not met with all at once.
        if (Interlocked.Exchange(ref _warming, 1) != 0) return;
        try
        {
            while (TryReserve(wanted)) Return(await OpenAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is AttemptException or OperationCanceledException or ObjectDisposedException)
        {
            // Requests tell what is wrong with a destination; this is but a convenience.
        }
        finally
        {
            Volatile.Write(ref _warming, 0);
        }
    }

    /// <summary>Takes a connection back that has finished an exchange.</summary>
    public void Return(Http1Connection connection)
    {
        var now = Time.GetTimestamp();
        connection.IdleSince = now;
        lock (_lock)
        {
            _lastUse = now;
            if (!IsRetired && !connection.IsTooOld(now))
            {
                if (TakeWaiter_NeedsLock() is { } waiter)
                {
                    waiter.SetResult(connection);
                    return;
                }

                if (_idleCount == _idle.Length) Array.Resize(ref _idle, _idleCount * 2);
                _idle[_idleCount++] = connection;
                return;
            }
        }

        connection.Close();
    }

    /// <summary>A connection has been closed, or was not opened after all: its place goes to the next request that waits.</summary>
    public void ReleasePlace()
    {
        lock (_lock)
        {
            if (!IsRetired && TakeWaiter_NeedsLock() is { } waiter) waiter.SetResult(null);
            else _open--;
        }
    }

    /// <summary>Closes idle connections that are too old, or that the other side has closed or sent to.</summary>
    public void Sweep()
    {
        var now = Time.GetTimestamp();
        int left;
        var keptInAll = 0;
        lock (_lock) left = _idleCount;
        var slice = new Http1Connection[SweepSlice];
        while (left > 0)
        {
            // A slice from the bottom, which is checked outside the lock: each check is a system call.
            int count;
            lock (_lock)
            {
                count = Math.Min(Math.Min(left, SweepSlice), _idleCount);
                if (count == 0) return;
                Array.Copy(_idle, slice, count);
                Array.Copy(_idle, count, _idle, 0, _idleCount - count);
                Array.Clear(_idle, _idleCount - count, count);
                _idleCount -= count;
            }

            left -= count;
            var kept = 0;
            for (var i = 0; i < count; i++)
            {
                if (slice[i].IsExpired(now) || slice[i].HasBeenTouched()) slice[i].Close();
                else slice[kept++] = slice[i];
            }

            // Those still to be checked are at the bottom, then come those kept before: the order by last use stays.
            KeepSwept(slice.AsSpan(0, kept), left + keptInAll);
            keptInAll += kept;
        }
    }

    /// <summary>Ends the pool when nothing has used it for a while, so that endpoints that are gone leave nothing behind.</summary>
    public bool TryRetireUnused()
    {
        lock (_lock)
        {
            if (_open > 0 || _waiters.Count > 0 || Time.GetElapsedTime(_lastUse) < TimeSpan.FromMinutes(2)) return false;
            IsRetired = true;
            return true;
        }
    }

    /// <summary>Closes what is idle; what is in use finishes first.</summary>
    public void Retire()
    {
        Http1Connection[] idle;
        Waiter[] waiters;
        lock (_lock)
        {
            IsRetired = true;
            idle = _idle.AsSpan(0, _idleCount).ToArray();
            _idleCount = 0;
            waiters = [.. _waiters];
            _waiters.Clear();
        }

        foreach (var connection in idle) connection.Close();
        foreach (var waiter in waiters) waiter.TrySetException(new ObjectDisposedException(nameof(Http1Handler)));
    }

    private void KeepSwept(ReadOnlySpan<Http1Connection> kept, int position)
    {
        if (kept.IsEmpty) return;
        lock (_lock)
        {
            if (!IsRetired)
            {
                if (_idleCount + kept.Length > _idle.Length) Array.Resize(ref _idle, Math.Max(_idle.Length * 2, _idleCount + kept.Length));
                var at = Math.Min(position, _idleCount);
                Array.Copy(_idle, at, _idle, at + kept.Length, _idleCount - at);
                kept.CopyTo(_idle.AsSpan(at));
                _idleCount += kept.Length;
                return;
            }
        }

        foreach (var connection in kept) connection.Close();
    }

    private bool TryReserve(int wanted)
    {
        lock (_lock)
        {
            if (IsRetired || _open >= Math.Min(wanted, Options.MaxConnectionsPerEndpoint)) return false;
            _open++;
            return true;
        }
    }

    private async Task<Http1Connection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var opened = await connector.ConnectAsync(endpoint, _proxy, cancellationToken).ConfigureAwait(false);
            return new Http1Connection(this, in opened, Time.GetTimestamp(), NextJitter());
        }
        catch
        {
            ReleasePlace();
            throw;
        }
    }

    private double NextJitter() => Interlocked.Increment(ref _made) * JitterStep % 1;

    private async Task<Http1Connection?> WaitAsync(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        try
        {
            return await node.Value.Task.WaitAsync(Options.PendingRequestTimeout, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                if (node.List is not null) _waiters.Remove(node);
            }

            // Something may have been handed over at the very same moment.
            if (!node.Value.TrySetCanceled(CancellationToken.None) && node.Value.Task.IsCompletedSuccessfully)
            {
                if (await node.Value.Task.ConfigureAwait(false) is { } connection) Return(connection);
                else ReleasePlace();
            }

            if (e is OperationCanceledException) throw new OperationCanceledException(cancellationToken);
            throw TransportErrors.LimitReached($"No connection to {Authority} became free within {Options.PendingRequestTimeout}.");
        }
    }

    private Waiter? TakeWaiter_NeedsLock()
    {
        if (_waiters.First is not { } first) return null;
        _waiters.RemoveFirst();
        return first.Value;
    }

    /// <summary>A request that waits: it is given a connection, or a place for one (<see langword="null"/>).</summary>
    private sealed class Waiter() : TaskCompletionSource<Http1Connection?>(TaskCreationOptions.RunContinuationsAsynchronously);
}
