using System.Net;

namespace Net2Secure.Routing.Testing;

/// <summary>A body whose connection is reset when half of it has come; of an empty one, at once.</summary>
internal sealed class BrokenContent : HttpContent
{
    private readonly byte[] _body;

    public BrokenContent(byte[] body)
    {
        _body = body;
        Headers.ContentLength = Math.Max(1, body.Length);
    }

    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new BrokenStream(_body[..(_body.Length / 2)]));

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_body.AsMemory(0, _body.Length / 2)).ConfigureAwait(false);
        throw BackendFailures.Reset();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = Math.Max(1, _body.Length);
        return true;
    }

    private sealed class BrokenStream(byte[] half) : MemoryStream(half, writable: false)
    {
        public override int Read(Span<byte> buffer) => OrReset(base.Read(buffer), buffer.Length);

        public override int Read(byte[] buffer, int offset, int count) => OrReset(base.Read(buffer, offset, count), count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return new(Read(buffer.Span));
            }
            catch (IOException e)
            {
                return ValueTask.FromException<int>(e);
            }
        }

        private static int OrReset(int read, int wanted) => read > 0 || wanted == 0 ? read : throw BackendFailures.Reset();
    }
}
