using System.Buffers;
using System.Net.Sockets;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Moves bytes both ways between two streams until one of them ends.</summary>
/// <remarks>A side that is quiet holds no buffer: it is asked for nothing first, and only when there is something is a buffer rented. Thousands of idle tunnels cost little.</remarks>
internal static class Tunnel
{
    private const int BufferSize = 16 * 1024;

    /// <summary>How long the destination has to finish what it was sending once the client has ended.</summary>
    private static readonly TimeSpan GraceForDestination = TimeSpan.FromSeconds(1);

    /// <summary>How long the client has once the destination has ended. Shorter: the server cannot tell the client that nothing more will come but by closing, and clients wait for that.</summary>
    private static readonly TimeSpan GraceForClient = TimeSpan.FromMilliseconds(200);

    public static async Task RunAsync(Stream client, Stream destination, ForwardScope scope)
    {
        var up = CopyAsync(client, destination, scope, isUp: true);
        var down = CopyAsync(destination, client, scope, isUp: false);
        var first = await Task.WhenAny(up, down).ConfigureAwait(false);
        scope.EndAfter(first == up ? GraceForDestination : GraceForClient, ForwardEnd.TunnelClosed);
        if (first == up && destination is UpgradedStream upgraded) await EndSendingAsync(upgraded).ConfigureAwait(false);
        await Task.WhenAll(up, down).ConfigureAwait(false);
    }

    /// <summary>Passes on that the client is done: what the destination still has to say, it says.</summary>
    private static async ValueTask EndSendingAsync(UpgradedStream destination)
    {
        try
        {
            await destination.CompleteWritesAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Gone already.
        }
    }

    /// <summary>Copies until the source ends or either side fails; that is the end of a tunnel, not an error.</summary>
    private static async Task CopyAsync(Stream source, Stream target, ForwardScope scope, bool isUp)
    {
        try
        {
            var cancellationToken = scope.Token;
            while (true)
            {
                await source.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
                if (!await MoveAsync(source, target, scope, isUp, cancellationToken).ConfigureAwait(false)) return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or HttpRequestException)
        {
            // A reset or a close. A direction that failed leaves nothing for the other to wait for.
            if (scope.Reason == ForwardEnd.None) scope.End(ForwardEnd.TunnelClosed);
        }
    }

    private static async ValueTask<bool> MoveAsync(Stream source, Stream target, ForwardScope scope, bool isUp, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            scope.Touch();
            if (read == 0) return false;
            if (isUp) scope.ReceivedBytes += read;
            else scope.SentBytes += read;
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            await target.FlushAsync(cancellationToken).ConfigureAwait(false);
            scope.Touch();
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
