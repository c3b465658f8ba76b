using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Net2Secure.Routing.Proxying.Polling;

/// <summary>The kernel's list of sockets to watch: epoll(7) of Linux.</summary>
internal static unsafe partial class Epoll
{
    /// <summary>There is something to receive.</summary>
    public const uint Readable = 0x1;

    /// <summary>There is room for something to send.</summary>
    public const uint Writable = 0x4;

    /// <summary>The connection broke.</summary>
    public const uint Broken = 0x8;

    /// <summary>Both directions have ended.</summary>
    public const uint HungUp = 0x10;

    /// <summary>The other side sends no more.</summary>
    public const uint PeerEnded = 0x2000;

    /// <summary>Told once for each change, not for as long as it is so.</summary>
    public const uint EdgeTriggered = 0x8000_0000;

    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Modify = 3;
    private const int Interrupted = 4;

    /// <summary>Bytes of one event: the structure is packed on x64, and nowhere else.</summary>
    public static readonly int EventSize = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 12 : 16;

    private static readonly int IdOffset = EventSize - sizeof(long);

    /// <summary>Makes a list. It lasts as long as the process.</summary>
    /// <exception cref="SocketException">The kernel has none to give.</exception>
    /// <exception cref="TypeLoadException">There is no such thing on this system (<see cref="DllNotFoundException"/>, <see cref="EntryPointNotFoundException"/>).</exception>
    public static int Create()
    {
        var list = epoll_create1(CloseOnExec);
        return list >= 0 ? list : throw Failure("epoll_create1");
    }

    /// <summary>Watches a socket.</summary>
    public static void Watch(int list, SafeSocketHandle socket, uint events, long id) => Control(list, Add, socket, events, id);

    /// <summary>Watches a socket for other events; what is so at this moment is told again.</summary>
    public static void WatchAnew(int list, SafeSocketHandle socket, uint events, long id) => Control(list, Modify, socket, events, id);

    /// <summary>Waits for events. Blocks.</summary>
    /// <param name="list">The list.</param>
    /// <param name="events">Room for them, of <see cref="EventSize"/> bytes each.</param>
    /// <returns>How many there are.</returns>
    public static int Wait(int list, Span<byte> events)
    {
        while (true)
        {
            int count;
            fixed (byte* first = events) count = epoll_wait(list, first, events.Length / EventSize, -1);
            if (count >= 0) return count;
            if (Marshal.GetLastPInvokeError() != Interrupted) throw Failure("epoll_wait");
        }
    }

    /// <summary>Reads an event.</summary>
    public static (uint Events, long Id) Read(ReadOnlySpan<byte> events, int index)
    {
        var one = events.Slice(index * EventSize, EventSize);
        return (MemoryMarshal.Read<uint>(one), MemoryMarshal.Read<long>(one[IdOffset..]));
    }

    private static void Control(int list, int operation, SafeSocketHandle socket, uint events, long id)
    {
        var one = stackalloc byte[EventSize];
        *(uint*)one = events;
        *(long*)(one + IdOffset) = id;
        // As long as it is held its number cannot become that of another socket.
        var isHeld = false;
        try
        {
            socket.DangerousAddRef(ref isHeld);
            if (epoll_ctl(list, operation, (int)socket.DangerousGetHandle(), one) != 0) throw Failure("epoll_ctl");
        }
        finally
        {
            if (isHeld) socket.DangerousRelease();
        }
    }

    private static SocketException Failure(string call) => new((int)SocketError.SystemNotReady, $"{call}: {Marshal.GetLastPInvokeErrorMessage()}");

#pragma warning disable SA1300, CA5392 // The kernel's own names; the library is the system's, and searched for as such.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int list, int operation, int socket, byte* what);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int list, byte* events, int most, int timeout);
#pragma warning restore SA1300, CA5392
}
