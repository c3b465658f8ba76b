namespace Net2Secure.Routing.Balancing;

/// <summary>Why an attempt failed, said once, where it happened.</summary>
/// <param name="Kind">A proxy error type of RFC 9209 §2.3, see <see cref="AttemptFailureKinds"/>: serves logs, metrics and <c>Proxy-Status</c> alike.</param>
/// <param name="Side">Whose doing it was.</param>
/// <param name="Sent">How far the request had come.</param>
public readonly record struct AttemptFailure(string Kind, FailureSide Side, SentState Sent)
{
    /// <summary>Whether the destination cannot have acted on the request, so that any method may be tried again elsewhere.</summary>
    public bool IsSafeToRetry => Sent is SentState.NotConnected or SentState.NothingSent or SentState.Refused;

    /// <summary>Whether a connection that had served before was closed without a sign of an answer: most likely it was closed while it lay idle, which says nothing of the
    /// health of the destination (RFC 9112 §9.3.1).</summary>
    public bool IsIdleClose { get; init; }
}
