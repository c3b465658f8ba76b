using System.Net;
using System.Net.Http.Headers;

namespace Net2Secure.Routing.Balancing;

/// <summary>A request on its way through the pipeline that carries what <see cref="HttpRequestMessage"/> has no place for.</summary>
/// <remarks>
/// Handlers work with any <see cref="HttpRequestMessage"/>; one of this type spares them a URL built per attempt and lets bytes of a target pass unchanged.
/// Used by one request at a time; not thread-safe.
/// </remarks>
public class RoutedRequestMessage : HttpRequestMessage
{
    private CountedAttempt _inFlight;
    private bool _hostOfDestination;

    /// <summary>Path and query that are asked for, escaped, exactly as to be sent and independent of the destination. Set by whoever makes the request.</summary>
    public string PathAndQuery { get; set; } = "/";

    /// <summary>The address of the client that the request came from, or <see langword="null"/> where there is none. Set by whoever makes the request; read by policies.</summary>
    public IPAddress? ClientAddress { get; set; }

    /// <summary>What a policy that hashes takes as the key of the request, where its settings name <see cref="HashKeySource.Custom"/>. Default: none.</summary>
    /// <remarks>A request transform may set it; it has no other effect.</remarks>
    public string? HashKey { get; set; }

    /// <summary>The request target of the present attempt (RFC 9112 §3.2.1): the path of the destination's address and <see cref="PathAndQuery"/>.
    /// Transports that know this type send it byte for byte (each character is one byte) and take from <see cref="HttpRequestMessage.RequestUri"/>
    /// the scheme, host and port only.</summary>
    public string? Target { get; private set; }

    /// <summary>The destination of the present attempt, once picked.</summary>
    public Destination? Destination { get; private set; }

    /// <summary>The subset of destinations that the request is for. Default: <see langword="null"/>, what its header fields choose, or all. Set before a destination is picked.</summary>
    public DestinationSubset? Subset { get; set; }

    /// <summary>Called with this message for each interim (1xx, but 101) response in the order they come, before the final one (RFC 9110 §15.2). Transports that can, do.</summary>
    /// <remarks>A static function serves: what it needs beyond the response, a subclass of this message can carry.</remarks>
    public Func<RoutedRequestMessage, InterimResponse, CancellationToken, ValueTask>? OnInterimResponse { get; set; }

    /// <summary>Asked for the trailer fields after the request body has been read to its end; <see langword="null"/> or no fields: none. Transports that can, send them.</summary>
    public Func<HttpHeaders?>? GetTrailers { get; set; }

    /// <summary>Whether the client's own request came over a secure connection.</summary>
    internal virtual bool IsClientSecure => false;

    /// <summary>Whether the client has not agreed to cookies that it can do without.</summary>
    internal virtual bool RefusesCookies => false;

    /// <summary>What the handlers of balancing tell each other about the request; <see langword="null"/> while there is nothing to tell.</summary>
    internal RequestRouting? Routing { get; set; }

    /// <summary>The present attempt, where it can be ended from inside.</summary>
    internal AttemptScope? Scope { get; set; }

    /// <summary>Whether the present attempt was ended because its time was up, which is the destination's failure; any other cancellation is the caller's wish.</summary>
    internal virtual bool IsOutOfTime => Routing is { TimedOut: true };

    /// <summary>To whom the present attempt is told, where anybody listens.</summary>
    internal AttemptObservation? Observation { get; set; }

    /// <summary>Takes note of the attempts of the request; <see langword="null"/>: nobody wants to know.</summary>
    internal virtual AttemptJournal? Journal => null;

    /// <summary>Whether the context of a trace that is in the fields of the request stays as it is.</summary>
    internal bool KeepsTraceContext { get; set; }

    /// <summary>Makes <paramref name="destination"/> the one of the present attempt: addresses the request to it and counts the attempt as in flight there.</summary>
    /// <remarks>A <c>Host</c> field that the request has of its own stays; otherwise it becomes the destination's.</remarks>
    public void BeginAttempt(Destination destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        EndAttempt();
        destination.BeginAttempt();
        BeginAttempt(new CountedAttempt(destination, null));
    }

    /// <summary>The same for an attempt that is counted already; the one before it has ended.</summary>
    internal void BeginAttempt(CountedAttempt attempt)
    {
        _inFlight = attempt;
        Observation = null;
        var destination = attempt.Destination;
        Destination = destination;
        RequestUri = destination.Address;
        Target = destination.BasePath.Length == 0 || PathAndQuery == "*" ? PathAndQuery : destination.BasePath + PathAndQuery;
        UseHostOf(destination);
        Scope?.WaitAt(destination);
    }

    /// <summary>Ends the present attempt; without one, does nothing. Whoever sent the request calls it when the response has been read or given up.</summary>
    public void EndAttempt()
    {
        var ending = _inFlight;
        _inFlight = default;
        if (ending.Destination is not null) ending.End();
    }

    /// <summary>A message that asks for the same, for an attempt beside this one. It has no attempt yet.</summary>
    /// <param name="content">The body of the copy.</param>
    internal RoutedRequestMessage Copy(HttpContent? content)
    {
        var copy = CreateCopy();
        CopyTo(copy, content);
        return copy;
    }

    /// <summary>Makes another message ask for the same.</summary>
    internal void CopyTo(RoutedRequestMessage copy, HttpContent? content = null)
    {
        RequestCopy.Fill(copy, this, content);
        copy.PathAndQuery = PathAndQuery;
        copy.ClientAddress = ClientAddress;
        copy.HashKey = HashKey;
        copy.Subset = Subset;
        copy.OnInterimResponse = OnInterimResponse;
        copy.GetTrailers = GetTrailers;
        copy.KeepsTraceContext = KeepsTraceContext;
        copy._hostOfDestination = _hostOfDestination;
    }

    /// <summary>Takes the attempt of a copy over: its destination, and its place among those in flight there.</summary>
    internal void Adopt(RoutedRequestMessage copy)
    {
        EndAttempt();
        Destination = copy.Destination;
        Target = copy.Target;
        RequestUri = copy.RequestUri;
        Observation = copy.Observation;
        TakeAttempts(copy);
        _inFlight = copy._inFlight;
        copy._inFlight = default;
    }

    /// <summary>Takes note of who is asked by a message that was sent in the place of this one, and goes on by itself.</summary>
    internal void TakeDestination(RoutedRequestMessage copy)
    {
        Destination = copy.Destination;
        Target = copy.Target;
        TakeAttempts(copy);
    }

    /// <summary>Makes a new message of the same type, for a copy of this one. What every message of this type has is filled in by the caller; a subclass hands on what it carries itself.</summary>
    protected virtual RoutedRequestMessage CreateCopy() => new();

    /// <summary>Tells that the body of the answer was cut short. Whoever reads it knows.</summary>
    internal virtual void TellCut(HttpResponseMessage response, in AttemptFailure failure)
    {
        Observation?.TellCut(this, response, failure);
        Observation = null;
    }

    /// <summary>Tells that the body of the answer has been read to its end. Whoever reads it knows.</summary>
    internal void TellTrailers(HttpResponseMessage response) => Observation?.TellTrailers(response);

    private void TakeAttempts(RoutedRequestMessage copy)
    {
        if (copy.Routing is { Attempts: > 1 and var attempts }) RequestRouting.GetOrCreate(this).Attempts = attempts;
    }

    private void UseHostOf(Destination destination)
    {
        if (_hostOfDestination) Headers.Host = null;
        else if (Headers.NonValidated.Contains("Host")) return;
        var host = destination.Options.Host;
        _hostOfDestination = host is not null;
        if (host is not null) Headers.TryAddWithoutValidation("Host", host);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) EndAttempt();
        base.Dispose(disposing);
    }
}
