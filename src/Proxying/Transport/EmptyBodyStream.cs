using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <summary>The body of a response that has none.</summary>
internal sealed class EmptyBodyStream : MemoryStream, IResponseBodyProgress
{
    private EmptyBodyStream() : base([], writable: false)
    {
    }

    public static EmptyBodyStream Instance { get; } = new();

    public bool IsEnded => true;

    public int TakeBuffered(Span<byte> target) => 0;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => default;

    // It is shared: it cannot be closed.
    protected override void Dispose(bool disposing) => base.Dispose(disposing: false);
}
