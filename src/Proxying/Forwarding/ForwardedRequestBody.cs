using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>The body of the incoming request, streamed to the destination as it arrives.</summary>
/// <remarks>
/// Can be sent once, and again as long as nothing was taken from the client, or all that was is kept, which is said by <see cref="Keep"/> and ends where a body is longer than it allows. What is kept is so
/// on the way: no attempt waits for it.
/// </remarks>
/// <param name="context">The incoming request.</param>
/// <param name="scope">Its time.</param>
/// <param name="decoded">What reads the body decoded, where it is to be; completed with this one.</param>
internal sealed class ForwardedRequestBody(HttpContext context, ForwardScope scope, PipeReader? decoded = null) : HttpContent, IDirectBody, IReplayableBody
{
    private const int NotStarted = 0;
    private const int Running = 1;
    private const int Stopped = 2;

    // Only a request that expects a 100 (Continue) needs it.
    private readonly Lock? _continuing = context.Request.Headers.Expect.Count > 0 ? new Lock() : null;
    private readonly bool _isMultiplexed = context.Request.Protocol is "HTTP/2" or "HTTP/3";
    private long _taken;
    private int _state;
    private TaskCompletionSource? _stopped;
    private ReplayBuffer? _kept;
    private bool _isWhole;
    private bool _isHeld;

    /// <summary>Whether what is sent is not what came, but what it decodes to.</summary>
    public bool IsDecoded => decoded is not null;

    /// <summary>What went wrong on the client's side, where something did: the client's error, not the destination's.</summary>
    public Exception? ClientFailure { get; private set; }

    /// <inheritdoc/>
    public bool CanBeSent => Volatile.Read(ref _state) == NotStarted || (ClientFailure is null && (Volatile.Read(ref _taken) == 0 || _kept is { HoldsAll: true }));

    /// <inheritdoc/>
    public void Keep(int maxBytes)
    {
        // What is known to be too long is not even begun.
        if (_kept is null && !(Headers.ContentLength > maxBytes)) _kept = new ReplayBuffer(maxBytes);
    }

    /// <inheritdoc/>
    public void StopKeeping()
    {
        if (!_isHeld) _kept?.Release();
    }

    /// <inheritdoc/>
    public void Hold(int maxBytes)
    {
        Keep(maxBytes);
        _isHeld = true;
    }

    /// <inheritdoc/>
    public void LetGo() => _kept?.Release();

    /// <inheritdoc/>
    public HttpContent? TryCopy()
    {
        if (!Volatile.Read(ref _isWhole) || _kept?.ToArray() is not { } all) return null;
        var copy = new ByteArrayContent(all);
        foreach (var (name, values) in Headers.NonValidated) copy.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }

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
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = Interlocked.CompareExchange(ref _stopped, mine, null) ?? mine;
        return Volatile.Read(ref _state) == Running ? stopped.Task : Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task WriteToAsync(Stream stream, CancellationToken cancellationToken)
    {
        // An attempt that was ended may need a moment to let go.
        await StoppedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        var before = Volatile.Read(ref _state);
        if (before == Running || !CanBeSent || Interlocked.CompareExchange(ref _state, Running, before) != before)
            throw new InvalidOperationException("The body of a forwarded request can be sent once: it is not kept for another attempt.");
        try
        {
            if (_taken > 0) await _kept!.CopyToAsync(stream, cancellationToken).ConfigureAwait(false);
            if (!_isWhole) await CopyAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Exchange(ref _state, Stopped);
            Interlocked.Exchange(ref _stopped, null)?.TrySetResult();
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
            CheckTrailers();
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
        var reader = decoded ?? context.Request.BodyReader;
        // Not by its token: a read that ends with an exception would be the last one that the server allows, and another attempt could not go on.
        var registration = cancellationToken.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
        await using var _ = registration.ConfigureAwait(false);
        while (true)
        {
            ReadResult read;
#pragma warning disable CA2012 // The read is asked once: where the flush below fails, what asks it there throws.
            var pending = BeginRead(reader);
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
                cancellationToken.ThrowIfCancellationRequested();
                if (MayBeExceeded(buffer, read.IsCompleted))
                {
                    reader.AdvanceTo(buffer.Start, buffer.End);
                    continue;
                }

                if (read.IsCompleted) CheckTrailers();
                foreach (var segment in buffer)
                {
                    if (segment.IsEmpty) continue;
                    var writing = stream.WriteAsync(segment, cancellationToken);
                    if (!writing.IsCompletedSuccessfully) await writing.ConfigureAwait(false);
                }
            }
            catch
            {
                // What comes next is another attempt's to read, or the server's to drain, which it can only from a reader that is not in the midst of a read.
                reader.AdvanceTo(buffer.Start);
                throw;
            }

            if (!buffer.IsEmpty) scope.Touch();
            scope.ReceivedBytes += buffer.Length;
            Take(reader, buffer);
            if (!read.IsCompleted) continue;
            Volatile.Write(ref _isWhole, true);
            return;
        }
    }

    /// <summary>Whether this is all of the body by its length, and its stream is still open.</summary>
    /// <remarks>
    /// Over HTTP/2 the end of the stream ends a request, and data beyond its length makes it malformed (RFC 9113 §8.1.1). To a destination it would be complete with the last byte of its length; so what completes it waits for the end, which comes
    /// with it or right behind.
    /// </remarks>
    private bool MayBeExceeded(in ReadOnlySequence<byte> buffer, bool isCompleted) =>
        _isMultiplexed && !isCompleted && decoded is null && _taken + buffer.Length >= context.Request.ContentLength;

    /// <summary>Refuses a request whose trailers are malformed, which the server lets through: nothing that completes it may be sent (RFC 9113 §8.1.1, §8.2.1). Over HTTP/1.1 the guard has seen to it.</summary>
    private void CheckTrailers()
    {
        if (!_isMultiplexed || HasSoundTrailers(context)) return;
        ClientFailure = MalformedTrailers();
        throw ClientFailure;
    }

    /// <summary>Refuses a request over HTTP/2 that had ended with malformed trailers, and no body, before it was looked at.</summary>
    /// <exception cref="BadHttpRequestException">It has.</exception>
    public static void CheckTrailersAlone(HttpContext context)
    {
        if (context.Request.Protocol is "HTTP/2" or "HTTP/3" && !HasSoundTrailers(context)) throw MalformedTrailers();
    }

    private static BadHttpRequestException MalformedTrailers() => new("A trailer field is malformed.", StatusCodes.Status400BadRequest);

    private static bool HasSoundTrailers(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestTrailersFeature>() is not { Available: true } trailers) return true;
        foreach (var (name, values) in trailers.Trailers)
        {
            if (!FieldRules.CheckHttp2Field(name, values).IsAccepted) return false;
        }

        return true;
    }

    /// <summary>Takes what has been written off the reader, and keeps it where it may be needed again.</summary>
    private void Take(PipeReader reader, in ReadOnlySequence<byte> buffer)
    {
        _taken += buffer.Length;
        if (_kept is { } kept)
        {
            foreach (var segment in buffer) kept.Append(segment.Span);
        }

        reader.AdvanceTo(buffer.End);
    }

    private ValueTask<ReadResult> BeginRead(PipeReader reader)
    {
        try
        {
            if (_continuing is null) return reader.ReadAsync(CancellationToken.None);
            lock (_continuing) return reader.ReadAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is not OperationCanceledException) // of a client that is known to be gone the server says so at once
        {
            ClientFailure = e;
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _kept?.Release();
            decoded?.Complete();
        }

        base.Dispose(disposing);
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
