using System.Net.Security;
using System.Net.Sockets;

namespace Net2Secure.Routing.Health;

/// <summary>Connects, shakes hands over TLS, and hangs up: the certificate has to be one that traffic would accept.</summary>
internal sealed class TlsProbe(ProbeConnections connections) : IHealthProbe, IDisposable
{
    /// <inheritdoc/>
    public async ValueTask<ProbeResult> ProbeAsync(ProbeContext context, CancellationToken cancellationToken)
    {
        try
        {
            var socket = await TcpProbe.ConnectAsync(context.Address, cancellationToken).ConfigureAwait(false);
            var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await using (stream.ConfigureAwait(false))
            {
                var tls = connections.CreateTls();
                tls.TargetHost = context.ServerName;
                await stream.AuthenticateAsClientAsync(tls, cancellationToken).ConfigureAwait(false);
                return ProbeResult.Passed;
            }
        }
        catch (Exception e) when (ProbeFailure.Read(e) is { } failed)
        {
            return failed;
        }
    }

    public void Dispose() => connections.Dispose();
}
