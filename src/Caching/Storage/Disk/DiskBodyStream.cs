using Microsoft.Win32.SafeHandles;

namespace Net2Secure.Routing.Caching;

/// <summary>Reads a part of a body from its file, which it holds open: what happens to its name meanwhile does not matter.</summary>
/// <remarks>A body that is read as a whole is checked against its checksum before its last bytes are given away: what is broken ends in an error, never as if it were whole.</remarks>
/// <param name="files">The file system.</param>
/// <param name="file">The file; closed with this.</param>
/// <param name="preamble">Where the body is in it.</param>
/// <param name="offset">The first byte of the part.</param>
/// <param name="count">Its length.</param>
/// <param name="broken">Called when the body turns out not to be what was stored.</param>
internal sealed class DiskBodyStream(DiskFiles files, SafeFileHandle file, DiskPreamble preamble, long offset, long count, Action broken) : ReadOnlyStream
{
    private readonly bool _isWhole = count == preamble.BodyLength;
    private readonly long _end = preamble.BodyOffset + offset + count;
    private long _position = preamble.BodyOffset + offset;
    private uint _checksum = DiskChecksum.Start;

    public override int Read(Span<byte> buffer)
    {
        buffer = buffer[..(int)Math.Min(buffer.Length, _end - _position)];
        if (buffer.IsEmpty) return 0;
        var read = RandomAccess.Read(file, buffer, _position);
        Check(buffer[..read]);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer = buffer[..(int)Math.Min(buffer.Length, _end - _position)];
        if (buffer.IsEmpty) return 0;
        var read = await files.ReadAsync(file, buffer, _position, cancellationToken).ConfigureAwait(false);
        Check(buffer.Span[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }

    private void Check(ReadOnlySpan<byte> read)
    {
        _position += read.Length;
        if (_isWhole) _checksum = DiskChecksum.Add(_checksum, read);
        if (read.Length > 0 && (!_isWhole || _position < _end || _checksum == preamble.BodyChecksum)) return;
        broken();
        throw new IOException("The stored body is not what it was when it was stored; it has been removed.");
    }
}
