using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying;

/// <summary>Connection middleware that stands between the transport (or TLS) and the server's own HTTP/1.1 parser.</summary>
/// <remarks>
/// It is the outermost middleware of an endpoint. In clear text it guards the transport. In front of TLS it sees a TLS record first, lets everything pass,
/// and guards the decrypted pipe that the TLS middleware puts in the transport's place. An HTTP/2 preface ends its work as well.
/// </remarks>
internal sealed class RequestGuard(RequestGuardOptions options, TimeSpan headTimeout, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>How long the answer to a refused request may wait for a client that does not read.</summary>
    internal static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    // What is still on its way when an answer closes the connection is read and dropped, so that the answer is not lost to a reset
    // (RFC 9112 §9.6): for a second, or until the client has been quiet for longer than a round trip takes, or up to as much as its kernel may hold.
    private const long MaxDrainBytes = 8 * 1024 * 1024;
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainQuiet = TimeSpan.FromMilliseconds(300);

    public RequestGuardOptions Options => options;

    public TimeSpan HeadTimeout => headTimeout;

    public TimeProvider TimeProvider => timeProvider;

    public ILogger Logger => logger;

    /// <summary>Runs one connection.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var guarded = new GuardedConnectionContext(connection, this);
        try
        {
            await next(guarded).ConfigureAwait(false);
            if (guarded.MayLinger)
                await DrainAsync(connection.Transport.Input, guarded.HasRefused).ConfigureAwait(false);
        }
        finally
        {
            guarded.Release();
        }
    }

    private async Task DrainAsync(PipeReader input, bool expectsMore)
    {
        try
        {
            if (input.TryRead(out var result))
            {
                expectsMore |= !result.Buffer.IsEmpty;
                input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    return;
            }

            if (!expectsMore)
                return;
            var started = timeProvider.GetTimestamp();
            var left = DrainTimeout;
            using var limit = new CancellationTokenSource(DrainQuiet, timeProvider);
            for (var drained = 0L; drained < MaxDrainBytes && left > TimeSpan.Zero; left = DrainTimeout - timeProvider.GetElapsedTime(started))
            {
                limit.CancelAfter(left < DrainQuiet ? left : DrainQuiet);
                result = await input.ReadAsync(limit.Token).ConfigureAwait(false);
                drained += result.Buffer.Length;
                input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || result.IsCanceled)
                    return;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException)
        {
            // Quiet, gone, or closed by the server in the meantime: whichever it is, there is nothing left to wait for.
        }
    }
}
