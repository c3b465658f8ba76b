using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Telemetry;

/// <summary>What is known of a request at its end, filled on the way by those who know. Made only where somebody wants it.</summary>
/// <remarks>Used by one request at a time; its attempts write into <see cref="Journal"/>, which is made to be written by several.</remarks>
internal sealed class RequestRecord
{
    /// <summary>The route; <see langword="null"/> while there is none.</summary>
    public RouteState? Route { get; set; }

    /// <summary>The destination of the last attempt; <see langword="null"/>: there was none.</summary>
    public Destination? Destination { get; private set; }

    /// <summary>Status of the answer; 0: nobody was there to be answered.</summary>
    public int Status { get; set; }

    /// <summary>Why the request failed, one of <see cref="AttemptFailureKinds"/>; <see langword="null"/>: it did not, whatever the status.</summary>
    public string? Failure { get; private set; }

    /// <summary>The failure, or a status of 500 and above; <see langword="null"/>: neither.</summary>
    public string? ErrorType => Failure ?? (Status >= 500 ? HttpAttributes.StatusText(Status) : null);

    /// <summary>Bytes of the request's body that were taken from the client.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Bytes of the response's body that were given to the client.</summary>
    public long SentBytes { get; set; }

    /// <summary>Attempts made, as far as they were counted.</summary>
    public int Attempts { get; private set; }

    /// <summary>Whether anybody wants to know what the cache decides.</summary>
    public bool WantsCache { get; set; }

    /// <summary>What the cache decided, in the words of <c>Cache-Status</c> (RFC 9211); <see langword="null"/>: there was none, or nobody wants to know.</summary>
    public string? Cache { get; set; }

    /// <summary>How the cache answered, one of <see cref="Caching.CacheResults"/>; <see langword="null"/>: the request did not come to a cache, or was not answered.</summary>
    public string? CacheResult { get; set; }

    /// <summary>What is written down of its attempts; <see langword="null"/>: nothing.</summary>
    public AttemptJournal? Journal { get; set; }

    /// <summary>The identifier of its trace, in hexadecimal; <see langword="null"/>: it is part of none.</summary>
    public string? TraceId { get; set; }

    /// <summary>When it began.</summary>
    public long Started { get; set; }

    /// <summary>It has failed.</summary>
    /// <param name="kind">Why.</param>
    /// <param name="isTold">Whether there is anybody to be told.</param>
    public void Fail(string kind, bool isTold)
    {
        Failure = kind;
        IsAborted = !isTold;
    }

    /// <summary>It was given up because the client has gone.</summary>
    /// <param name="kind">How that showed.</param>
    public void FailForGone(string kind)
    {
        Fail(kind, isTold: false);
        HasClientGone = true;
    }

    /// <summary>Whether the client was gone, or was cut off.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>Whether it was the client that has gone: the proxy and its destinations have not failed.</summary>
    public bool HasClientGone { get; private set; }

    /// <summary>It was answered straight from the cache.</summary>
    public void TakeHit(HttpContext context)
    {
        if (context.Request.Method != "HEAD" && context.Response.StatusCode != StatusCodes.Status304NotModified) SentBytes = context.Response.ContentLength ?? 0;
    }

    /// <summary>Takes over what the way of the request knows, before it is given back.</summary>
    public void Take(ForwardScope scope, RoutedRequestMessage? request)
    {
        ReceivedBytes = scope.ReceivedBytes;
        SentBytes = scope.SentBytes;
        if (request is null) return;
        Destination = request.Destination;
        if (Destination is not null) Attempts = request.Routing?.Attempts ?? 1;
    }
}
