using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Net2Secure.Routing.Proxying;

/// <summary>Turns text into bytes, a character each, and checks it on the way: one pass where encoding and checking apart take two.</summary>
internal static class Latin1Text
{
    /// <summary>Writes text of which every character is U+0020 to U+00FF.</summary>
    /// <param name="text">The text.</param>
    /// <param name="target">At least as long.</param>
    /// <returns><see langword="false"/>: another character is in it, and what was written is of no use.</returns>
    public static bool TryWrite(ReadOnlySpan<char> text, Span<byte> target)
    {
        ref var source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text));
        ref var destination = ref MemoryMarshal.GetReference(target[..text.Length]);
        if (!Vector128.IsHardwareAccelerated || text.Length < 2 * Vector128<ushort>.Count)
        {
            for (var i = 0; i < text.Length; i++)
            {
                var character = Unsafe.Add(ref source, i);
                if ((uint)(character - ' ') > 0xFF - ' ') return false;
                Unsafe.Add(ref destination, i) = (byte)character;
            }

            return true;
        }

        // Below the blank the difference wraps round, so that one comparison finds what is too small and what is too large.
        var blank = Vector128.Create((ushort)' ');
        var most = Vector128.Create((ushort)(0xFF - ' '));
        var step = 2 * Vector128<ushort>.Count;
        var last = text.Length - step;
        for (var at = 0; ; at = Math.Min(at + step, last))
        {
            var low = Vector128.LoadUnsafe(ref source, (nuint)at);
            var high = Vector128.LoadUnsafe(ref source, (nuint)(at + Vector128<ushort>.Count));
            if (Vector128.GreaterThanAny(low - blank, most) || Vector128.GreaterThanAny(high - blank, most)) return false;
            Vector128.Narrow(low, high).StoreUnsafe(ref destination, (nuint)at);
            if (at == last) return true;
        }
    }
}
