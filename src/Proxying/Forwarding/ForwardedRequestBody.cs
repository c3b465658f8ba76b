using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>The body of the incoming request, streamed to the destination as it arrives. Can be sent once.</summary>
internal sealed class ForwardedRequestBody(HttpContext context, ForwardScope scope) : HttpContent
{
    private Task _copying = Task.CompletedTask;
    private int _started;

    /// <summary>What went wrong on the client's side, where something did: the client's error, not the destination's.</summary>
    public Exception? ClientFailure { get; private set; }

    /// <summary>Whether sending has begun, so that the body cannot be sent to another destination.</summary>
    public bool IsConsumed => Volatile.Read(ref _started) != 0;

    /// <summary>Waits until nothing reads from the incoming request any more. It has to be over before the server takes the request back.</summary>
    public Task StoppedAsync() => _copying;

    /// <summary>Waits for the end of a body that is said to be empty.</summary>
    /// <remarks>
    /// Over HTTP/2 a request may say that its length is 0 and leave the stream open. To a destination it would be complete with its head; so nothing may be
    /// sent before it is known that no data follows, which would make the request malformed (RFC 9113 §8.1.1).
    /// </remarks>
    public async ValueTask EmptyAsync()
    {
        var reader = context.Request.BodyReader;
        var read = await ReadFromClientAsync(reader.ReadAsync(scope.Token)).ConfigureAwait(false);
        reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
    }

    /// <summary>The trailer fields of the request that may be passed on; to be asked for when the body has been read to its end.</summary>
    public HttpHeaders? Trailers()
    {
        var trailers = context.Features.Get<IHttpRequestTrailersFeature>();
        if (trailers is not { Available: true } || trailers.Trailers.Count == 0) return null;
        // Any header collection will do to carry them; the one of a content does not parse what it is given.
        using var carrier = new EmptyBody();
        foreach (var (name, values) in trailers.Trailers)
        {
            if (HopByHopFields.IsForbiddenInTrailers(name)) continue;
            for (var i = 0; i < values.Count; i++) carrier.Headers.TryAddWithoutValidation(name, values[i]);
        }

        return carrier.Headers;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("The body of a forwarded request can be sent once: it is not kept for another attempt.");
        var copying = CopyAsync(stream, cancellationToken);
        _copying = copying.IsCompletedSuccessfully ? Task.CompletedTask : Observed(copying);
        return copying;
    }

    private static async Task Observed(Task copying)
    {
        try
        {
            await copying.ConfigureAwait(false);
        }
        catch
        {
            // The transport reports it; here only the end matters.
        }
    }

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var pending = reader.ReadAsync(cancellationToken);
            if (!pending.IsCompleted)
            {
                // What has been written so far must not wait for what the client has not sent yet.
                var flush = stream.FlushAsync(cancellationToken);
                if (!flush.IsCompletedSuccessfully) await flush.ConfigureAwait(false);
            }

            var read = await ReadFromClientAsync(pending).ConfigureAwait(false);
            scope.Touch();
            var buffer = read.Buffer;
            foreach (var segment in buffer)
            {
                if (segment.Length > 0) await stream.WriteAsync(segment, cancellationToken).ConfigureAwait(false);
            }

            if (!buffer.IsEmpty) scope.Touch();
            reader.AdvanceTo(buffer.End);
            if (read.IsCompleted) return;
            if (read.IsCanceled) throw new OperationCanceledException("Reading the request body was cancelled.");
        }
    }

    private async ValueTask<ReadResult> ReadFromClientAsync(ValueTask<ReadResult> pending)
    {
        try
        {
            return await pending.ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            ClientFailure = e;
            throw;
        }
    }
}
