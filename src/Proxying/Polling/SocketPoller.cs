using System.Collections.Concurrent;

namespace Net2Secure.Routing.Proxying.Polling;

/// <summary>A thread that waits for sockets to become ready, and carries on what waited for them.</summary>
/// <remarks>Lasts as long as the process, as the runtime's own do. What it carries on must not block, or all its sockets wait.</remarks>
internal sealed class SocketPoller
{
    private const int MaxEvents = 256;

    /// <summary>So much is put off before it is done, whatever else the round has.</summary>
    private const int MostDeferred = 32;

    [ThreadStatic]
    private static SocketPoller? s_current;

    private readonly int _list = Epoll.Create();
    private readonly ConcurrentDictionary<long, PolledSocket> _sockets = new();
    private readonly List<IThreadPoolWorkItem> _deferred = [];
    private long _lastId;

    /// <summary>Starts the thread.</summary>
    public SocketPoller(int number) => new Thread(Run) { IsBackground = true, Name = $"Net2 sockets {number}" }.UnsafeStart();

    /// <summary>The one whose thread this is; <see langword="null"/>: another's.</summary>
    public static SocketPoller? Current => s_current;

    /// <summary>Puts a little work off until the poller of this thread has carried on the other sockets of its round: what all of them need stays near the processor, and so does what all of the work needs.</summary>
    /// <param name="work">What must not block, and keeps its exceptions to itself.</param>
    /// <returns><see langword="false"/>: this thread is no poller's.</returns>
    public static bool TryDefer(IThreadPoolWorkItem work)
    {
        if (s_current is not { } poller) return false;
        poller._deferred.Add(work);
        return true;
    }

    /// <summary>Begins to watch a socket.</summary>
    /// <returns>The number to name it by.</returns>
    public long Watch(PolledSocket socket, uint events)
    {
        var id = Interlocked.Increment(ref _lastId);
        _sockets[id] = socket;
        try
        {
            Epoll.Watch(_list, socket.Socket.SafeHandle, events, id);
            return id;
        }
        catch
        {
            _sockets.TryRemove(id, out _);
            throw;
        }
    }

    /// <summary>Watches for other events, and is told at once of those that are there.</summary>
    public void WatchAnew(PolledSocket socket, long id, uint events) => Epoll.WatchAnew(_list, socket.Socket.SafeHandle, events, id);

    /// <summary>Forgets a socket. Closing it is what ends the watch.</summary>
    public void Forget(long id) => _sockets.TryRemove(id, out _);

    private void Run()
    {
        s_current = this;
        Span<byte> events = stackalloc byte[MaxEvents * Epoll.EventSize];
        while (true)
        {
            var count = Epoll.Wait(_list, events);
            for (var i = 0; i < count; i++)
            {
                var (what, id) = Epoll.Read(events, i);
                // Closed by what an earlier event of this round led to: it is not there any more.
                if (_sockets.TryGetValue(id, out var socket)) Carry(socket, what);
                if (_deferred.Count >= MostDeferred) MakeUp();
            }

            MakeUp();
        }
    }

    /// <summary>Does what was put off, and what that puts off in turn.</summary>
    private void MakeUp()
    {
        for (var i = 0; i < _deferred.Count; i++)
        {
            try
            {
                _deferred[i].Execute();
            }
            catch (Exception)
            {
                // As below: not the thread with all its sockets.
            }
        }

        _deferred.Clear();
    }

    /// <summary>What waits for a socket keeps its exceptions to itself. If one gets out all the same it costs that connection, not the thread with all the others.</summary>
    private static void Carry(PolledSocket socket, uint events)
    {
        try
        {
            socket.OnEvents(events);
        }
        catch (Exception)
        {
            socket.Dispose();
        }
    }
}
