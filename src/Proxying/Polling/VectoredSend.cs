using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Net2Secure.Routing.Proxying.Polling;

/// <summary>Sends what lies in a few places by one system call, as messages of a bounded size each: sendmmsg(2).</summary>
/// <remarks>
/// <para>The platform's own takes a handle for each part, to pin it; of a few parts the stack can take care. What several messages save against one: see <see cref="Serving.OutgoingBytes.MostAtOnce"/>.</para>
/// <para>The call goes to the kernel directly: it stops at a message of which it could send a part only (since Linux 4.9), while a C library may go on with the next one, and leave a gap.</para>
/// </remarks>
internal static unsafe partial class VectoredSend
{
    /// <summary>So many parts go by one call.</summary>
    public const int MostParts = 6;

    /// <summary>And so many messages.</summary>
    public const int MostMessages = 3;

    private const int NoSignal = 0x4000;

    private static readonly nint s_call = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 307,
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 269,
        _ => -1,
    };

    /// <summary>Sends from a socket that does not block; of more parts, or of more than goes by so many messages, the first ones.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="parts">One or more.</param>
    /// <param name="mostAtOnce">The size of a message, in bytes.</param>
    /// <returns>How many bytes; -1: it failed, or there is no room for any. The platform's own call knows which.</returns>
    public static int TrySend(SafeSocketHandle socket, List<ArraySegment<byte>> parts, int mostAtOnce)
    {
        if (s_call < 0 || sizeof(nint) != 8) return -1;
        var isHeld = false;
        try
        {
            socket.DangerousAddRef(ref isHeld);
            fixed (byte* first = &At(parts, 0), second = &At(parts, 1), third = &At(parts, 2), fourth = &At(parts, 3), fifth = &At(parts, 4), sixth = &At(parts, 5))
            {
                var starts = stackalloc byte*[MostParts] { first, second, third, fourth, fifth, sixth };
                // A part may be cut by the border of a message.
                var places = stackalloc Place[MostParts + MostMessages];
                var messages = stackalloc Message[MostMessages];
                var count = Arrange(parts, starts, mostAtOnce, places, messages);
                var sent = (int)syscall(s_call, (int)socket.DangerousGetHandle(), messages, count, NoSignal);
                if (sent < 0) return -1;
                var total = 0;
                for (var i = 0; i < sent; i++) total += (int)messages[i].Sent;
                return total;
            }
        }
        finally
        {
            if (isHeld) socket.DangerousRelease();
        }
    }

    /// <summary>Puts the parts into messages.</summary>
    /// <returns>How many messages.</returns>
    private static int Arrange(List<ArraySegment<byte>> parts, byte** starts, int mostAtOnce, Place* places, Message* messages)
    {
        var (message, place, room) = (0, 0, mostAtOnce);
        messages[0] = new Message { Places = places };
        for (var i = 0; i < parts.Count && i < MostParts; i++)
        {
            var start = starts[i];
            var left = parts[i].Count;
            while (left > 0)
            {
                if (room == 0)
                {
                    if (message + 1 == MostMessages) return MostMessages;
                    messages[++message] = new Message { Places = places + place };
                    room = mostAtOnce;
                }

                var length = Math.Min(left, room);
                places[place++] = new Place { Start = start, Length = length };
                messages[message].Count++;
                start += length;
                left -= length;
                room -= length;
            }
        }

        return message + 1;
    }

    private static ref byte At(List<ArraySegment<byte>> parts, int index) =>
        ref index < parts.Count ? ref MemoryMarshal.GetReference(parts[index].AsSpan()) : ref Unsafe.NullRef<byte>();

#pragma warning disable SA1300, CA5392 // The kernel's own names; the library is the system's, and searched for as such.
    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint socket, Message* messages, nint count, nint flags);
#pragma warning restore SA1300, CA5392

    /// <summary>A struct iovec.</summary>
    private struct Place
    {
        public byte* Start;
        public nint Length;
    }

    /// <summary>A struct mmsghdr.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Message
    {
        [FieldOffset(16)]
        public Place* Places;

        [FieldOffset(24)]
        public nint Count;

        [FieldOffset(56)]
        public uint Sent;
    }
}
