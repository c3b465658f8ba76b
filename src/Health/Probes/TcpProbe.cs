using System.Net.Sockets;

namespace Net2Secure.Routing.Health;

/// <summary>Connects, and hangs up.</summary>
internal sealed class TcpProbe : IHealthProbe
{
    /// <inheritdoc/>
    public async ValueTask<ProbeResult> ProbeAsync(ProbeContext context, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = await ConnectAsync(context.Address, cancellationToken).ConfigureAwait(false);
            return ProbeResult.Passed;
        }
        catch (Exception e) when (ProbeFailure.Read(e) is { } failed)
        {
            return failed;
        }
    }

    /// <summary>A new connection to an address.</summary>
    public static async Task<Socket> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.IdnHost, address.Port, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
