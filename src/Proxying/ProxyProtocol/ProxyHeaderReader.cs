using System.IO.Pipelines;

namespace Net2Secure.Routing.Proxying;

/// <summary>Takes the header of the PROXY protocol off the beginning of a connection.</summary>
internal static class ProxyHeaderReader
{
    /// <summary>How long a peer may take for it.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Reads the header; what follows it stays in <paramref name="input"/>.</summary>
    /// <param name="input">What the peer sends.</param>
    /// <param name="isRequired">Whether there has to be one.</param>
    /// <param name="time">Where time comes from.</param>
    /// <param name="closed">Fires when the connection ends.</param>
    public static async ValueTask<Result> ReadAsync(PipeReader input, bool isRequired, TimeProvider time, CancellationToken closed)
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, closed);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(linked.Token).ConfigureAwait(false);
                var status = ProxyHeaderParser.Parse(read.Buffer, out var header, out var length);
                switch (status)
                {
                    case ProxyHeaderStatus.Complete:
                        input.AdvanceTo(read.Buffer.GetPosition(length));
                        return new(header, null);
                    case ProxyHeaderStatus.None:
                        input.AdvanceTo(read.Buffer.Start);
                        return isRequired ? new(null, "it does not begin with a header of the PROXY protocol") : default;
                    case ProxyHeaderStatus.Invalid:
                        input.AdvanceTo(read.Buffer.End);
                        return new(null, "its header of the PROXY protocol is malformed");
                }

                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (read.IsCompleted) return new(null, "it ended before its header of the PROXY protocol was complete");
            }
        }
        catch (OperationCanceledException)
        {
            return new(null, closed.IsCancellationRequested ? "it was closed" : "its header of the PROXY protocol did not come in time");
        }
        catch (IOException)
        {
            return new(null, "it was reset");
        }
    }

    /// <summary>What came of it.</summary>
    /// <param name="Header">The header; <see langword="null"/> where there is none and there need not be one.</param>
    /// <param name="Problem">Why the connection cannot go on.</param>
    internal readonly record struct Result(ProxyHeader? Header, string? Problem);
}
