using System.Buffers.Binary;

namespace Net2Secure.Routing.Caching;

/// <summary>Bodies in the shared store, each in parts of a bounded size that say which they are and whether they are whole. Thread-safe.</summary>
internal sealed class DistributedBodies(DistributedValues values, DistributedKeys keys, BorrowedBodies borrowed)
{
    /// <summary>Bytes of a body in one value.</summary>
    public const int PartBytes = 1024 * 1024;

    private const int HeadBytes = 32;
    private const uint Magic = 0x3142324E; // N2B1

    public async ValueTask WriteAsync(Guid id, BodySegments body, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        for (var part = 0; part < PartsOf(body.Length); part++)
        {
            var (start, end) = BoundsOf(part, body.Length);
            // Left to the collector if the call fails: somebody may be reading it still.
            var buffer = new PooledBuffer(PartBytes + HeadBytes);
            Write(buffer, id, part, body, start, end);
            await values.SetAsync(keys.Body(id, part), buffer.Written, lifetime, cancellationToken).ConfigureAwait(false);
            buffer.Dispose();
        }
    }

    /// <summary>Brings a part of a body.</summary>
    /// <returns>A stream of it; <see langword="null"/>: it is not there, or there is no room in memory.</returns>
    public async ValueTask<Stream?> OpenAsync(Guid id, long length, long offset, long count, CancellationToken cancellationToken)
    {
        if (count == 0) return Stream.Null;
        var first = (int)(offset / PartBytes);
        var last = (int)((offset + count - 1) / PartBytes);
        var bytes = BoundsOf(last, length).End - BoundsOf(first, length).Start;
        if (borrowed.Begin(bytes) is not { } segments) return null;
        var isWhole = false;
        try
        {
            var part = first;
            while (part <= last && await ReadAsync(id, part, length, segments, cancellationToken).ConfigureAwait(false)) part++;
            isWhole = part > last;
        }
        finally
        {
            if (!isWhole) borrowed.GiveUp(segments, bytes);
        }

        return isWhole ? borrowed.Open(segments, bytes, offset - BoundsOf(first, length).Start, count) : null;
    }

    /// <summary>Takes in a whole body that is stored, to store it once more.</summary>
    /// <returns><see langword="null"/>: it is not there. Else to be given back by <see cref="BorrowedBodies.Return"/>.</returns>
    public async ValueTask<BodySegments?> TakeAsync(Guid id, long length, CancellationToken cancellationToken)
    {
        if (await OpenAsync(id, length, 0, length, cancellationToken).ConfigureAwait(false) is not { } body) return null;
        await using (body.ConfigureAwait(false)) return await borrowed.TakeAsync(body, length, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask RemoveAsync(Guid id, long length, CancellationToken cancellationToken)
    {
        for (var part = 0; part < PartsOf(length); part++) await values.RemoveAsync(keys.Body(id, part), cancellationToken).ConfigureAwait(false);
    }

    private static int PartsOf(long length) => (int)((length + PartBytes - 1) / PartBytes);

    private static (long Start, long End) BoundsOf(int part, long length) => ((long)part * PartBytes, Math.Min((part + 1L) * PartBytes, length));

    private static void Write(PooledBuffer buffer, Guid id, int part, BodySegments body, long start, long end)
    {
        buffer.GetSpan(HeadBytes)[..HeadBytes].Clear();
        buffer.Advance(HeadBytes);
        for (var position = start; position < end;)
        {
            var bytes = body.At(position, end);
            bytes.Span.CopyTo(buffer.GetSpan(bytes.Length));
            buffer.Advance(bytes.Length);
            position += bytes.Length;
        }

        var written = System.Runtime.InteropServices.MemoryMarshal.AsMemory(buffer.Written).Span;
        WriteHead(written, id, part, Checksum.Of(written[HeadBytes..]));
    }

    private static void WriteHead(Span<byte> head, Guid id, int part, uint checksum)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(head, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], part);
        id.TryWriteBytes(head[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(head[24..], checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(head[28..], 0);
    }

    private async ValueTask<bool> ReadAsync(Guid id, int part, long length, BodySegments segments, CancellationToken cancellationToken)
    {
        using var value = await values.GetAsync(keys.Body(id, part), cancellationToken).ConfigureAwait(false);
        var (start, end) = BoundsOf(part, length);
        if (value.Exists && IsSound(value.Bytes, id, part, end - start))
        {
            for (var rest = value.Bytes[HeadBytes..]; !rest.IsEmpty;)
            {
                var room = segments.GetRoom().Span;
                var copied = Math.Min(room.Length, rest.Length);
                rest[..copied].CopyTo(room);
                segments.Advance(copied);
                rest = rest[copied..];
            }

            return true;
        }

        if (value.Exists) await values.RemoveAsync(keys.Body(id, part), cancellationToken).ConfigureAwait(false);
        return false;
    }

    private static bool IsSound(ReadOnlySpan<byte> value, Guid id, int part, long length)
    {
        if (value.Length != length + HeadBytes) return false;
        Span<byte> head = stackalloc byte[HeadBytes];
        WriteHead(head, id, part, Checksum.Of(value[HeadBytes..]));
        return value[..HeadBytes].SequenceEqual(head);
    }
}
