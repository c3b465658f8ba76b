using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Net2Secure.Routing.Caching;

/// <summary>Reads what stands in front of the body in a file of the disk cache, and tells whether it is whole and where it belongs. Thread-safe.</summary>
internal sealed class DiskEntryReader(DiskFiles files, DiskHash hash)
{
    /// <summary>So much is read at first: the preamble, and in most files the whole head.</summary>
    private const int FirstBytes = 4096;

    /// <returns><see langword="null"/>: it is torn, or not the response that its name says.</returns>
    public async Task<DiskReading?> ReadAsync(SafeFileHandle file, DiskName name, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        try
        {
            var length = RandomAccess.GetLength(file);
            var read = await ReadFullAsync(file, buffer.AsMemory(0, FirstBytes), 0, cancellationToken).ConfigureAwait(false);
            if (!DiskPreamble.TryRead(buffer.AsSpan(0, read), out var preamble) || preamble.BodyEnd > length) return null;
            // The later head, or the one before where the later has been torn.
            foreach (var candidate in (DiskSlot?[])[preamble.Later, preamble.Earlier])
            {
                if (candidate is not { } slot || slot.Offset + slot.Length > length) continue;
                var bytes = buffer.AsMemory(0, read);
                if (slot.Offset + slot.Length <= read)
                {
                    bytes = bytes.Slice((int)slot.Offset, slot.Length);
                }
                else
                {
                    bytes = new byte[slot.Length];
                    await ReadFullAsync(file, bytes, slot.Offset, cancellationToken).ConfigureAwait(false);
                }

                if (DiskChecksum.Of(bytes.Span) == slot.Checksum && DiskHead.TryRead(bytes.Span, out var key, out var head) && IsNamed(name, key, head)) return new DiskReading(preamble, slot, key, head);
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // A file of ours under the name of another is not where it belongs, and purges would pass it by.
    private bool IsNamed(in DiskName name, CacheKey key, CachedHead head)
    {
        var tags = hash.TagsOf(head.Tags);
        return name.Uri == hash.UriOf(key.Uri) && name.Key == hash.KeyOf(key) && name.Variant == hash.VariantOf(head.Variant) && (name.Tags & tags) == tags;
    }

    private async Task<int> ReadFullAsync(SafeFileHandle file, Memory<byte> buffer, long offset, CancellationToken cancellationToken)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var read = await files.ReadAsync(file, buffer[total..], offset + total, cancellationToken).ConfigureAwait(false);
            if (read == 0) break;
            total += read;
        }

        return total;
    }
}
