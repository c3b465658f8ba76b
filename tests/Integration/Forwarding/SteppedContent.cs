using System.Net;
using System.Text;
using System.Threading.Channels;

namespace Net2Secure.Routing.Integration.Forwarding;

/// <summary>A request body that a test sends piece by piece, each flushed.</summary>
internal sealed class SteppedContent : HttpContent
{
    private readonly Channel<(byte[] Piece, TaskCompletionSource Sent)> _pieces = Channel.CreateUnbounded<(byte[], TaskCompletionSource)>();

    public async Task SendAsync(string piece)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pieces.Writer.TryWrite((Encoding.ASCII.GetBytes(piece), sent));
        await sent.Task.WaitAsync(ProxyUnderTest.Patience);
    }

    public void Finish() => _pieces.Writer.Complete();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        await foreach (var (piece, sent) in _pieces.Reader.ReadAllAsync())
        {
            await stream.WriteAsync(piece);
            await stream.FlushAsync();
            sent.SetResult();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
