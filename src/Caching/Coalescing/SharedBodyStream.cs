namespace Net2Secure.Routing.Caching;

/// <summary>One reader of a <see cref="SharedBody"/>.</summary>
internal sealed class SharedBodyStream(SharedBody body, bool isClient) : ReadOnlyStream
{
    private bool _isDisposed;

#pragma warning disable MA0055 // the one who forgets to dispose a response is not ours; what it holds counts against a bound that all share
    ~SharedBodyStream() => Dispose(disposing: false);
#pragma warning restore MA0055

    /// <summary>A client waits for it, rather than a store.</summary>
    public bool IsClient => isClient;

    /// <summary>Called once when this reader comes to the end.</summary>
    public Action<IReadOnlyList<FieldLine>>? Ended { get; set; }

    /// <summary>Where it reads next. Under the lock of the body.</summary>
    public long Offset { get; set; }

    /// <summary>It may not read on. Under the lock of the body.</summary>
    public bool IsCutOff { get; set; }

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var count = ReadNow(buffer, out var wait);
            if (wait is null) return count;
            wait.GetAwaiter().GetResult();
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        try
        {
            var count = ReadNow(buffer.Span, out var wait);
            return wait is null ? new(count) : ReadLaterAsync(wait, buffer, cancellationToken);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<int>(e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            body.Leave(this);
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadLaterAsync(Task wait, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
            var count = ReadNow(buffer.Span, out var next);
            if (next is null) return count;
            wait = next;
        }
    }

    private int ReadNow(Span<byte> buffer, out Task? wait)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var count = body.Read(this, buffer, out wait);
        if (count > 0 || wait is not null || buffer.IsEmpty) return count;
        Ended?.Invoke(body.Trailers);
        Ended = null;
        return 0;
    }
}
