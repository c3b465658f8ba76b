using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Serving;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>Answers hits straight from memory: no request message, no pipeline, no response message. The rules are those of the cache; what is more than a plain hit goes the usual way, and finds the same there.</summary>
/// <remarks>Only where nothing on the usual way would make the answer another one (<see cref="Create"/>). Thread-safe; one for each route and cluster.</remarks>
internal sealed class HitResponder
{
    /// <summary>So much is written before the client is waited for.</summary>
    private const int FlushedBytes = 128 * 1024;

    private const int MaxRoom = 16 * 1024;

    /// <summary>Below this a copy costs less than a second part to send.</summary>
    private const int WorthLending = 8 * 1024;

    private static readonly Action<object> LetGo = static body => ((BodySegments)body).Release();

    // Made by transforms that leave the other fields alone: what the client has sent of them says nothing of what the origin saw.
    private static readonly Func<string, bool> IsChanged = static name =>
        name.StartsWith("x-forwarded", StringComparison.OrdinalIgnoreCase) || name.Equals("forwarded", StringComparison.OrdinalIgnoreCase) || name.Equals("via", StringComparison.OrdinalIgnoreCase);

    private readonly CachingEngine _engine;
    private readonly CompressionSettings? _compression;
    private readonly bool _allowsBuffering;
    private readonly CancellationToken _stopping;

    private HitResponder(CachingEngine engine, CompressionSettings? compression, bool allowsBuffering, CancellationToken stopping)
    {
        _engine = engine;
        _compression = compression;
        _allowsBuffering = allowsBuffering;
        _stopping = stopping;
    }

    /// <summary>Makes the one of a route, if it may have one: no transform looks at its responses or changes the fields of its requests, and no client is kept on a destination.</summary>
    public static HitResponder? Create(
        CachingEngine? engine, CompressionSettings? compression, RouteTransforms transforms, bool hasAffinity, bool hidesFields, bool allowsBuffering, CancellationToken stopping)
    {
        if (engine is null || hasAffinity || hidesFields) return null;
        if (!transforms.CopyRequestHeaders || !transforms.CopyResponseHeaders || transforms.Response.Length > 0 || transforms.ResponseTrailers.Length > 0) return null;
        return Array.TrueForAll(transforms.Request, static t => t.KeepsReceivedFields) ? new HitResponder(engine, compression, allowsBuffering, stopping) : null;
    }

    /// <summary>Answers a request, if it is a hit.</summary>
    /// <param name="context">The request.</param>
    /// <param name="pathAndQuery">What it asks for, as it came.</param>
    /// <param name="record">Takes note of it; <see langword="null"/>: nobody wants to know.</param>
    /// <param name="responding">Ends with the answer.</param>
    /// <returns><see langword="false"/>: it is not, and nothing has been done.</returns>
    public bool TryRespond(HttpContext context, string pathAndQuery, RequestRecord? record, out Task responding)
    {
        responding = Task.CompletedTask;
        var request = context.Request;
        // Methods are case-sensitive (RFC 9110 §9.1).
        var isHead = request.Method == "HEAD";
        if ((!isHead && request.Method != "GET") || MayHaveBody(context)) return false;
        var fields = request.Headers;
        if (fields.Connection.Count > 0 && HopByHopFields.NamesFields(fields.Connection)) return false;
        var key = CacheKeyReader.Read(request, pathAndQuery, _engine.Options.Partition);
        var now = _engine.Time.GetUtcNow();
        // It would become this on the usual way too, in front of the cache.
        if (_compression is not null && fields.AcceptEncoding.Count > 0) fields.AcceptEncoding = _compression.Choose(new FieldView(fields), request.IsHttps) ?? AcceptEncoding.Identity;
        if (!HitFinder.TryFind(_engine, key, new FieldView(fields), IsChanged, now, out var hit)) return false;
        if (hit.IsNotModified || isHead)
        {
            hit.Response.Touch();
            Note(record, hit, now);
            Begin(context, hit, now);
            WayOut(context)?.DeferNext();
            return true;
        }

        if (hit.TakeBody() is not { } body) return false;
        Note(record, hit, now);
        responding = WriteAsync(context, hit, body, now);
        return true;
    }

    private static void Note(RequestRecord? record, in Hit hit, DateTimeOffset now)
    {
        if (record is null) return;
        record.CacheResult = CacheResults.Hit;
        if (record.WantsCache) record.Cache = CacheStatus.HitDecision(hit.Response.Head.Policy, now);
    }

    private static bool MayHaveBody(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength is > 0 || request.Headers.TransferEncoding.Count > 0) return true;
        return request.Protocol is not ("HTTP/1.1" or "HTTP/1.0") && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
    }

    private async Task WriteAsync(HttpContext context, Hit hit, BodySegments body, DateTimeOffset now)
    {
        var isHandedOver = false;
        try
        {
            Begin(context, hit, now);
            var bodyFeature = context.Features.Get<IHttpResponseBodyFeature>()!;
            if (!_allowsBuffering) bodyFeature.DisableBuffering();
            var starting = context.Response.StartAsync(CancellationToken.None);
            if (!starting.IsCompletedSuccessfully) await starting.ConfigureAwait(false);
            var output = bodyFeature.Writer;
            var way = WayOut(context);
            var lender = way is { CanLend: true } && context.Request.Protocol == "HTTP/1.1" && context.Response.ContentLength is > WorthLending ? way : null;
            var unflushed = 0;
            for (var position = 0L; position < body.Length;)
            {
                // What is not read for too long is ended by the server (its least rate for responses).
                if (unflushed >= FlushedBytes)
                {
                    var flushed = await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                    if (flushed.IsCompleted || flushed.IsCanceled) return;
                    unflushed = 0;
                }

                var count = lender is null ? 0 : Lend(body, position, FlushedBytes - unflushed, output, lender);
                if (count == 0) count = Copy(body.At(position, body.Length).Span, output);
                position += count;
                unflushed += count;
            }

            isHandedOver = lender is not null && lender.TryDeferNext(LetGo, body);
            if (lender is null) way?.DeferNext();
            // At the end of a response the server sees to bytes that it wrote itself, not to those advanced past behind a flush; and what is lent, and not handed over, has to be back before it is let go.
            if (lender is not null || body.Length > FlushedBytes) await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            if (!isHandedOver) body.Release();
        }
    }

    /// <summary>The way out of the connection, where it is this answer's alone.</summary>
    private static ILendingOutput? WayOut(HttpContext context) => context.Request.Protocol is "HTTP/1.1" or "HTTP/1.0" ? context.Features.Get<ILendingOutput>() : null;

    private static int Copy(ReadOnlySpan<byte> part, PipeWriter output)
    {
        var room = output.GetSpan(Math.Min(part.Length, MaxRoom));
        var count = Math.Min(part.Length, room.Length);
        part[..count].CopyTo(room);
        output.Advance(count);
        return count;
    }

    /// <summary>Has the output take the bytes themselves for the room they were to be copied to.</summary>
    /// <returns>How many; 0: something stands between, and has room of its own.</returns>
    private static int Lend(BodySegments body, long position, int most, PipeWriter output, ILendingOutput lender)
    {
        var lent = 0;
        Memory<byte> room = default;
        try
        {
            var end = Math.Min(body.Length, position + most);
            while (position + lent < end)
            {
                var part = body.At(position + lent, end);
                if (!lender.TryLend(part)) break;
                lent += part.Length;
            }

            if (lent > 0) room = output.GetMemory(1);
        }
        finally
        {
            if (!lender.EndLoan(room)) lent = 0;
        }

        if (lent > 0) output.Advance(lent);
        return lent;
    }

    private void Begin(HttpContext context, in Hit hit, DateTimeOffset now)
    {
        var target = context.Response;
        var head = hit.Response.Head;
        var fields = new ServerFields(target.Headers);
        if (hit.IsNotModified)
        {
            target.StatusCode = StatusCodes.Status304NotModified;
            StoredHead.WriteNotModified(fields, head, now);
        }
        else
        {
            target.StatusCode = head.StatusCode;
            if (head.ReasonPhrase is { } reason && reason != ReasonPhrases.GetReasonPhrase(head.StatusCode) && reason.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
                context.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = reason;
            StoredHead.Write(fields, head, new BodyPart(PartKind.Whole, 0, hit.Response.Length - 1, hit.Response.Length), now);
            // What has no content has no length to speak of either (RFC 9110 §8.6, §15.3.6).
            if (head.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent) target.ContentLength = null;
        }

        if (_engine.Status.HitText(head.Policy, now) is { } status) fields.Add("Cache-Status", status);
        if (_stopping.IsCancellationRequested && context.Request.Protocol is "HTTP/1.1" or "HTTP/1.0") target.Headers.Connection = "close";
        _engine.Shared.Metrics.Answered(CacheResults.Hit);
    }

    private readonly struct ServerFields(IHeaderDictionary fields) : IFieldTarget
    {
        public void Add(string name, string value) => ResponseHeaderCopier.Add(fields, name, value);
    }
}
