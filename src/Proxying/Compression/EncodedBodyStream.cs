using System.Buffers;
using System.IO.Pipelines;

namespace Net2Secure.Routing.Proxying;

/// <summary>The body of a request as it comes, for a decoder to read. Every read of the pipe is over before the decoder has its bytes: whoever else reads the pipe later can.</summary>
internal sealed class EncodedBodyStream(PipeReader source) : Stream
{
    private bool _isEnded;
    private uint _tail;

    /// <summary>Bytes that the decoder has had.</summary>
    public long Taken { get; private set; }

    /// <summary>The last four of them, the first lowest: with which gzip ends (RFC 1952 §2.3.1).</summary>
    public uint Tail => _tail;

    /// <summary>Whether the decoder has asked for more than there is.</summary>
    public bool WasAskedForMore { get; private set; }

    /// <summary>Whether the read ended because <see cref="PipeReader.CancelPendingRead"/> was called, and not for good.</summary>
    public bool WasCancelled { get; set; }

    /// <summary>What went wrong in the pipe.</summary>
    public Exception? Failure { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_isEnded)
        {
            ReadResult read;
            try
            {
                read = await source.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Failure = e;
                throw;
            }

            if (read.IsCanceled)
            {
                source.AdvanceTo(read.Buffer.Start);
                WasCancelled = true;
                throw new OperationCanceledException();
            }

            var count = Take(read.Buffer, buffer.Span);
            _isEnded = read.IsCompleted && count == read.Buffer.Length;
            source.AdvanceTo(read.Buffer.GetPosition(count));
            if (count > 0) return count;
        }

        WasAskedForMore = true;
        return 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Take(in ReadOnlySequence<byte> from, Span<byte> target)
    {
        var taken = from.Slice(0, Math.Min(from.Length, target.Length));
        var count = (int)taken.Length;
        taken.CopyTo(target);
        foreach (var octet in target[Math.Max(0, count - 4)..count]) _tail = (_tail >> 8) | ((uint)octet << 24);
        Taken += count;
        return count;
    }
}
