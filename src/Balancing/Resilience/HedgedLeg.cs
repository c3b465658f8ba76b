namespace Net2Secure.Routing.Balancing;

/// <summary>One of several attempts at the same time, with a message of its own.</summary>
internal sealed class HedgedLeg(HttpRequestMessage request)
{
    public HttpRequestMessage Request { get; } = request;

    public HttpResponseMessage? Response { get; set; }

    public Exception? Exception { get; set; }

    public bool WasAbandoned { get; set; }

    /// <summary>Whether its outcome is there.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether it was left alone before its end, to be let go by then.</summary>
    public bool IsGone { get; set; }

    public Destination? Destination => Request is RoutedRequestMessage routed ? routed.Destination
        : Request.Options.TryGetValue(BalancingRequestOptions.Destination, out var destination) ? destination : null;

    /// <summary>It is not the one: frees what it holds. Its message is not disposed, since its body may be another one's, too.</summary>
    public void Discard()
    {
        Response?.Dispose();
        (Request as RoutedRequestMessage)?.EndAttempt();
    }
}
