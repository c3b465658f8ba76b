using System.Globalization;
using System.Net;

namespace Net2Secure.Routing.Caching;

/// <summary>Makes responses out of what is stored (RFC 9111 §4, §4.3.2; RFC 9110 §14).</summary>
internal sealed class ResponseComposer(StoreAccess store, TimeProvider time)
{
    /// <summary>Answers a request from a stored response: all of it, a part, or that the client has it already.</summary>
    /// <returns><see langword="null"/>: what it asks for is not held after all.</returns>
    public async ValueTask<HttpResponseMessage?> FromStoreAsync(CacheRequest request, CachedResponse stored, CancellationToken cancellationToken)
    {
        var head = stored.Head;
        if (request.HasConditions && ConditionalRule.IsNotModified(request.Fields, head))
        {
            stored.Touch();
            return NotModified(request, head);
        }

        var part = request.HasRange && !request.IsHead ? RangeRule.Choose(request.Fields, head, stored.Length) : RangeRule.Choose(new FieldView([]), head, stored.Length);
        if (part.Kind == PartKind.NotHeld) return null;
        if (part.Kind == PartKind.NotSatisfiable) return NotSatisfiable(request, head, part.Complete);
        if (request.IsHead)
        {
            stored.Touch();
            return Compose(request, head, part, Empty());
        }

        var body = await store.OpenAsync(stored, part.Offset, part.Length, cancellationToken).ConfigureAwait(false);
        return body is null ? null : Compose(request, head, part, new CachedContent(body, part.Length));
    }

    /// <summary>Answers a request by a response that is still on its way into the store.</summary>
    public HttpResponseMessage FromBody(CacheRequest request, CachedHead head, SharedBodyStream body)
    {
        if (request.HasConditions && ConditionalRule.IsNotModified(request.Fields, head))
        {
            body.Dispose();
            return NotModified(request, head);
        }

        return WithTrailers(Compose(request, head, new BodyPart(PartKind.Whole), new CachedContent(body, length: -1)), body);
    }

    /// <summary>The origin's response for the one who has asked for it: as it came.</summary>
    /// <param name="request">The request.</param>
    /// <param name="outcome">What the fetch has brought.</param>
    /// <param name="withheldConditions">The client's own conditions were not sent, so that they have to be evaluated here.</param>
    public HttpResponseMessage FromOrigin(CacheRequest request, FetchOutcome.Storing outcome, bool withheldConditions)
    {
        if (withheldConditions && request.HasConditions && ConditionalRule.IsNotModified(request.Fields, outcome.Head))
        {
            outcome.LeaderBody!.Dispose();
            return NotModified(request, outcome.Head);
        }

        return FromOrigin(request.Message, outcome);
    }

    /// <summary>The origin's response as it came.</summary>
    public static HttpResponseMessage FromOrigin(HttpRequestMessage request, FetchOutcome.Storing outcome)
    {
        var body = outcome.LeaderBody!;
        var response = NewResponse(request, outcome.Head.StatusCode, outcome.Head.ReasonPhrase, new CachedContent(body, length: -1));
        var delay = outcome.Head.ResponseTime - outcome.Head.RequestTime;
        foreach (var (name, value) in outcome.Received) Add(response, name, IsAge(name) ? AgeAfter(value, delay) : value);
        if (!response.Headers.NonValidated.Contains(FieldNames.Date)) Add(response, FieldNames.Date, HttpDate.Format(outcome.Head.ResponseTime));
        return WithTrailers(response, body);
    }

    /// <summary>The 504 of a cache that must not answer without the origin (RFC 9111 §5.2.1.7, §5.2.2.2).</summary>
    public HttpResponseMessage Unavailable(CacheRequest request)
    {
        var response = NewResponse(request.Message, (int)HttpStatusCode.GatewayTimeout, null, Empty());
        Add(response, FieldNames.ContentLength, "0");
        Add(response, FieldNames.Date, HttpDate.Format(time.GetUtcNow()));
        return response;
    }

    private HttpResponseMessage NotModified(CacheRequest request, CachedHead head)
    {
        var response = NewResponse(request.Message, (int)HttpStatusCode.NotModified, null, Empty());
        StoredHead.WriteNotModified(new MessageFields(response), head, time.GetUtcNow());
        return response;
    }

    private HttpResponseMessage NotSatisfiable(CacheRequest request, CachedHead head, long complete)
    {
        var response = NewResponse(request.Message, (int)HttpStatusCode.RequestedRangeNotSatisfiable, null, Empty());
        StoredHead.WriteNotSatisfiable(new MessageFields(response), head, complete, time.GetUtcNow());
        return response;
    }

    private HttpResponseMessage Compose(CacheRequest request, CachedHead head, in BodyPart part, HttpContent content)
    {
        var status = StoredHead.StatusOf(head, part);
        var response = NewResponse(request.Message, status, status == head.StatusCode ? head.ReasonPhrase : null, content);
        StoredHead.Write(new MessageFields(response), head, part, time.GetUtcNow());
        return response;
    }

    // Without a length of its own: the field, where there is one, is that of the stored body.
    private static CachedContent Empty() => new(Stream.Null, length: -1);

    private static HttpResponseMessage NewResponse(HttpRequestMessage request, int status, string? reason, HttpContent content) => new((HttpStatusCode)status)
    {
        ReasonPhrase = reason, Content = content, RequestMessage = request,
    };

    private static HttpResponseMessage WithTrailers(HttpResponseMessage response, SharedBodyStream body)
    {
        body.Ended = trailers =>
        {
            foreach (var (name, value) in trailers) response.TrailingHeaders.TryAddWithoutValidation(name, value);
        };
        return response;
    }

    private static void Add(HttpResponseMessage response, string name, string value)
    {
        if (!response.Headers.TryAddWithoutValidation(name, value)) response.Content.Headers.TryAddWithoutValidation(name, value);
    }

    // What caches nearer to the origin have counted says nothing of the time that the answer took to come here (RFC 9111 §4.2.3).
    private static string AgeAfter(string age, TimeSpan delay) =>
        delay >= TimeSpan.FromSeconds(1) && DeltaSeconds.TryParse(age, out var seconds)
            ? Math.Min(seconds + (delay.Ticks / TimeSpan.TicksPerSecond), DeltaSeconds.Max).ToString(CultureInfo.InvariantCulture)
            : age;

    private static bool IsAge(string name) => name.Equals(FieldNames.Age, StringComparison.OrdinalIgnoreCase);

    private readonly struct MessageFields(HttpResponseMessage response) : IFieldTarget
    {
        public void Add(string name, string value) => ResponseComposer.Add(response, name, value);
    }
}
