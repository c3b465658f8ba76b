using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>The body of the incoming request, streamed to the destination as it arrives. Can be sent once.</summary>
internal sealed class ForwardedRequestBody(HttpContext context, ForwardScope scope) : HttpContent, IDirectBody
{
    private const int NotStarted = 0;
    private const int Running = 1;
    private const int Stopped = 2;

    // Only a request that expects a 100 (Continue) needs it.
    private readonly Lock? _continuing = context.Request.Headers.Expect.Count > 0 ? new Lock() : null;
    private int _state;
    private TaskCompletionSource? _stopped;

    /// <summary>What went wrong on the client's side, where something did: the client's error, not the destination's.</summary>
    public Exception? ClientFailure { get; private set; }

    /// <summary>Says that a response is about to begin: from now on the server sends no 100 (Continue), and one that it was sending has been sent.</summary>
    /// <remarks>
    /// The server sends it when the body is first read, unless the response has begun; it looks at that, and then writes, without a lock. The body is read on a thread of its own:
    /// without this a 100 could come behind the head of the response, which the client would take for its body.
    /// </remarks>
    public void ForbidContinue()
    {
        if (_continuing is null) return;
        lock (_continuing) context.Request.Headers.Remove("Expect");
    }

    /// <summary>Waits until nothing reads from the incoming request any more. It has to be over before the server takes the request back.</summary>
    public Task StoppedAsync()
    {
        if (Volatile.Read(ref _state) != Running) return Task.CompletedTask;
        // Made only when somebody waits, which is the rare case; whoever stops looks for it after saying so.
        var stopped = Interlocked.CompareExchange(ref _stopped, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null) ?? _stopped;
        return Volatile.Read(ref _state) == Running ? stopped.Task : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task WriteToAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Running, NotStarted) != NotStarted)
            throw new InvalidOperationException("The body of a forwarded request can be sent once: it is not kept for another attempt.");
        try
        {
            await CopyAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Exchange(ref _state, Stopped);
            Volatile.Read(ref _stopped)?.TrySetResult();
        }
    }

    /// <summary>Waits for the end of a body that is said to be empty.</summary>
    /// <remarks>
    /// Over HTTP/2 a request may say that its length is 0 and leave the stream open. To a destination it would be complete with its head; so nothing may be
    /// sent before it is known that no data follows, which would make the request malformed (RFC 9113 §8.1.1).
    /// </remarks>
    public async ValueTask EmptyAsync()
    {
        var reader = context.Request.BodyReader;
        try
        {
            var read = await reader.ReadAsync(scope.Token).ConfigureAwait(false);
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            ClientFailure = e;
            throw;
        }
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
            if (TrailerFields.IsForbidden(name)) continue;
            for (var i = 0; i < values.Count; i++) carrier.Headers.TryAddWithoutValidation(name, values[i]);
        }

        return carrier.Headers;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => WriteToAsync(stream, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => WriteToAsync(stream, cancellationToken);

    private async ValueTask CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            ReadResult read;
#pragma warning disable CA2012 // The read is asked once: where the flush below fails, what asks it there throws.
            var pending = BeginRead(reader, cancellationToken);
#pragma warning restore CA2012
            if (pending.IsCompletedSuccessfully) read = pending.Result;
            else
            {
                // What has been written so far must not wait for what the client has not sent yet. A read that has failed already leaves nothing to wait for, and a body
                // that is refused outright must not reach a destination, not even by its head.
                if (!pending.IsCompleted)
                {
                    var flush = stream.FlushAsync(cancellationToken);
                    if (!flush.IsCompletedSuccessfully) await FlushAsync(flush, reader, pending).ConfigureAwait(false);
                }

                scope.BeginUploadWait();
                try
                {
                    read = await pending.ConfigureAwait(false);
                    scope.EndUploadWait(read.Buffer.Length);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    ClientFailure = e;
                    throw;
                }
            }

            scope.Touch();
            var buffer = read.Buffer;
            try
            {
                foreach (var segment in buffer)
                {
                    if (segment.IsEmpty) continue;
                    var writing = stream.WriteAsync(segment, cancellationToken);
                    if (!writing.IsCompletedSuccessfully) await writing.ConfigureAwait(false);
                }
            }
            catch
            {
                // The rest is the server's to drain, which it can only from a reader that is not in the midst of a read.
                reader.AdvanceTo(buffer.Start);
                throw;
            }

            if (!buffer.IsEmpty) scope.Touch();
            reader.AdvanceTo(buffer.End);
            if (read.IsCompleted) return;
            if (read.IsCanceled) throw new OperationCanceledException("Reading the request body was cancelled.");
        }
    }

    private ValueTask<ReadResult> BeginRead(PipeReader reader, CancellationToken cancellationToken)
    {
        if (_continuing is null) return reader.ReadAsync(cancellationToken);
        lock (_continuing) return reader.ReadAsync(cancellationToken);
    }

    /// <summary>Waits for a flush; if it fails, the read that has begun meanwhile is taken back, since the server does not start another one beside it.</summary>
    private static async ValueTask FlushAsync(Task flush, PipeReader reader, ValueTask<ReadResult> pending)
    {
        try
        {
            await flush.ConfigureAwait(false);
        }
        catch
        {
            reader.CancelPendingRead();
            try
            {
                reader.AdvanceTo((await pending.ConfigureAwait(false)).Buffer.Start);
            }
            catch (Exception e) when (e is not InvalidOperationException)
            {
                // The client is gone as well, or sent what is no body: the failed flush is what is told.
            }

            throw;
        }
    }
}
