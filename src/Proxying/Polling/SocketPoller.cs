using System.Collections.Concurrent;

namespace Net2Secure.Routing.Proxying.Polling;

/// <summary>A thread that waits for sockets to become ready, and carries on what waited for them.</summary>
/// <remarks>Lasts as long as the process, as the runtime's own do. What it carries on must not block, or all its sockets wait.</remarks>
internal sealed class SocketPoller
{
    private const int MaxEvents = 256;

    [ThreadStatic]
    private static SocketPoller? s_current;

    private readonly int _list = Epoll.Create();
    private readonly ConcurrentDictionary<long, PolledSocket> _sockets = new();
    private long _lastId;

    /// <summary>Starts the thread.</summary>
    public SocketPoller(int number) => new Thread(Run) { IsBackground = true, Name = $"Net2 sockets {number}" }.UnsafeStart();

    /// <summary>The one whose thread this is; <see langword="null"/>: another's.</summary>
    public static SocketPoller? Current => s_current;

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
            }
        }
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
