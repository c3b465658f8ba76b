using System.Buffers;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Moves bytes both ways between two streams until one of them ends.</summary>
/// <remarks>A side that is quiet holds no buffer: it is asked for nothing first, and only when there is something is a buffer rented. Thousands of idle tunnels cost little.</remarks>
internal static class Tunnel
{
    private const int BufferSize = 16 * 1024;

    /// <summary>How long the other direction has to finish what it was sending once one has ended.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(Stream client, Stream destination, ForwardScope scope)
    {
        var up = CopyAsync(client, destination, scope);
        var down = CopyAsync(destination, client, scope);
        await Task.WhenAny(up, down).ConfigureAwait(false);
        scope.EndAfter(Grace, ForwardEnd.TunnelClosed);
        await Task.WhenAll(up, down).ConfigureAwait(false);
    }

    /// <summary>Copies until the source ends or either side fails; that is the end of a tunnel, not an error.</summary>
    private static async Task CopyAsync(Stream source, Stream target, ForwardScope scope)
    {
        try
        {
            var cancellationToken = scope.Token;
            while (true)
            {
                await source.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
                if (!await MoveAsync(source, target, scope, cancellationToken).ConfigureAwait(false)) return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException or HttpRequestException)
        {
            // A reset or a close. A direction that failed leaves nothing for the other to wait for.
            if (scope.Reason == ForwardEnd.None) scope.End(ForwardEnd.TunnelClosed);
        }
    }

    private static async ValueTask<bool> MoveAsync(Stream source, Stream target, ForwardScope scope, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            scope.Touch();
            if (read == 0) return false;
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
