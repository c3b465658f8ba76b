using System.Net.Sockets;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>A connection after <c>101 Switching Protocols</c> (RFC 9110 §15.2.2): bytes both ways, those first that came along with the response.</summary>
/// <remarks>Writes are sent at once. One read and one write at a time. Disposing closes the connection.</remarks>
internal sealed class UpgradedStream(Http1Connection connection) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Says that nothing more will be written; reading goes on.</summary>
    public ValueTask CompleteWritesAsync() => connection.CompleteWritesAsync();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancellationToken);
        if (connection.Input.Count > 0)
        {
            var count = Math.Min(buffer.Length, connection.Input.Count);
            connection.Input.Unread[..count].CopyTo(buffer.Span);
            connection.Input.Take(count);
            connection.Input.ReturnIfEmpty();
            return new ValueTask<int>(count);
        }

        return ReceiveAsync(buffer, cancellationToken);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.IsEmpty) return;
        var registration = Register(cancellationToken);
        try
        {
            await connection.SendAsync(buffer).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            throw Broken(e, cancellationToken);
        }
        finally
        {
            registration.Unregister();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) connection.Close();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var registration = Register(cancellationToken);
        try
        {
            return await connection.ReceiveAsync(buffer).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            throw Broken(e, cancellationToken);
        }
        finally
        {
            registration.Unregister();
        }
    }

    private CancellationTokenRegistration Register(CancellationToken cancellationToken) => cancellationToken.CanBeCanceled
        ? cancellationToken.UnsafeRegister(static (self, token) => ((Http1Connection)self!).Abort(new OperationCanceledException(token)), connection)
        : default;

    private static Exception Broken(Exception cause, CancellationToken cancellationToken) => cancellationToken.IsCancellationRequested
        ? new OperationCanceledException(cancellationToken)
        : new AttemptException(new(AttemptFailureKinds.ConnectionTerminated, FailureSide.Destination, SentState.AnswerBegun), "The connection of a tunnel ended.", cause);
}
