using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Net2Secure.Routing.Proxying.Polling;

/// <summary>Sends what lies in a few places by one call: sendmsg(2).</summary>
/// <remarks>The platform's own takes a handle for each part, to pin it; of a few parts the stack can take care.</remarks>
internal static unsafe partial class VectoredSend
{
    /// <summary>So many parts go by one call.</summary>
    public const int MostParts = 4;

    private const int NoSignal = 0x4000;

    /// <summary>Sends from a socket that does not block, one to <see cref="MostParts"/> parts.</summary>
    /// <returns>How many bytes; -1: it failed, or there is no room for any. The platform's own call knows which.</returns>
    public static int TrySend(SafeSocketHandle socket, List<ArraySegment<byte>> parts)
    {
        var isHeld = false;
        try
        {
            socket.DangerousAddRef(ref isHeld);
            fixed (byte* first = &At(parts, 0), second = &At(parts, 1), third = &At(parts, 2), fourth = &At(parts, 3))
            {
                var places = stackalloc Place[MostParts] { new(first, parts, 0), new(second, parts, 1), new(third, parts, 2), new(fourth, parts, 3) };
                var message = new Message { Places = places, Count = parts.Count };
                return (int)sendmsg((int)socket.DangerousGetHandle(), &message, NoSignal);
            }
        }
        finally
        {
            if (isHeld) socket.DangerousRelease();
        }
    }

    private static ref byte At(List<ArraySegment<byte>> parts, int index) =>
        ref index < parts.Count ? ref MemoryMarshal.GetReference(parts[index].AsSpan()) : ref Unsafe.NullRef<byte>();

#pragma warning disable SA1300, CA5392 // The kernel's own names; the library is the system's, and searched for as such.
    [LibraryImport("libc")]
    private static partial nint sendmsg(int socket, Message* message, int flags);
#pragma warning restore SA1300, CA5392

    /// <summary>A struct iovec.</summary>
    private readonly struct Place(byte* start, List<ArraySegment<byte>> parts, int index)
    {
        public readonly byte* Start = start;
        public readonly nint Length = index < parts.Count ? parts[index].Count : 0;
    }

    /// <summary>A struct msghdr.</summary>
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public Place* Places;
        public nint Count;
        public void* Control;
        public nint ControlLength;
        public int Flags;
    }
}
