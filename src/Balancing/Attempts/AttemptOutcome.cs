namespace Net2Secure.Routing.Balancing;

/// <summary>How an attempt went.</summary>
/// <param name="Destination">Who was asked.</param>
/// <param name="Request">The request. Read only, and only during the call.</param>
/// <param name="Response">The head of the answer, or <see langword="null"/> when none came. Read only, and only during the call.</param>
/// <param name="Failure">What went wrong, or <see langword="null"/>. Of <see cref="FailureSide.Client"/>: the caller gave up, which says nothing of the destination.</param>
/// <param name="Elapsed">Time from the pick to now.</param>
internal readonly record struct AttemptOutcome(
    Destination Destination, HttpRequestMessage Request, HttpResponseMessage? Response, AttemptFailure? Failure, TimeSpan Elapsed)
{
    /// <summary>Whether it says anything of the destination at all: not when the caller gave up, the proxy failed, or a connection that had been idle turned out to be closed.</summary>
    public bool CountsForDestination => Failure is not ({ Side: not FailureSide.Destination } or { IsIdleClose: true });

    /// <summary>Whether the attempt was told already, as answered, and the answer was cut short since.</summary>
    public bool IsCut => Failure is not null && Response is not null;
}
