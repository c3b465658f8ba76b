using System.Net.Http.Headers;

namespace Net2Secure.Routing.Balancing;

/// <summary>A request on its way through the pipeline that carries what <see cref="HttpRequestMessage"/> has no place for.</summary>
/// <remarks>
/// Handlers work with any <see cref="HttpRequestMessage"/>; one of this type spares them a URL built per attempt and lets bytes of a target pass unchanged.
/// Used by one request at a time; not thread-safe.
/// </remarks>
public class RoutedRequestMessage : HttpRequestMessage
{
    private Destination? _inFlight;

    /// <summary>Path and query to be asked of the destination, as bytes-in-characters exactly as to be sent (RFC 9112 §3.2.1); before it goes the path of the
    /// destination's address. <see langword="null"/>: path and query of <see cref="HttpRequestMessage.RequestUri"/>.</summary>
    public string? Target { get; set; }

    /// <summary>The destination of the present attempt, once picked.</summary>
    public Destination? Destination { get; private set; }

    /// <summary>Called for each interim (1xx, but 101) response in the order they come, before the final one (RFC 9110 §15.2). Transports that can, do.</summary>
    public Func<InterimResponse, CancellationToken, ValueTask>? OnInterimResponse { get; set; }

    /// <summary>Asked for the trailer fields after the request body has been read to its end; <see langword="null"/> or no fields: none. Transports that can, send them.</summary>
    public Func<HttpHeaders?>? GetTrailers { get; set; }

    /// <summary>Makes <paramref name="destination"/> the one of the present attempt and counts the attempt as in flight there.</summary>
    public void BeginAttempt(Destination destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        EndAttempt();
        Destination = destination;
        destination.BeginAttempt();
        _inFlight = destination;
    }

    /// <summary>Ends the present attempt; without one, does nothing. Whoever sent the request calls it when the response has been read or given up.</summary>
    public void EndAttempt()
    {
        _inFlight?.EndAttempt();
        _inFlight = null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) EndAttempt();
        base.Dispose(disposing);
    }
}
