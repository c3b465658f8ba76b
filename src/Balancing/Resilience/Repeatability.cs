namespace Net2Secure.Routing.Balancing;

/// <summary>Which requests may be sent once more, and after what.</summary>
internal static class Repeatability
{
    /// <summary>Doing it twice comes to the same as doing it once (RFC 9110 §9.2.2). Methods are case-sensitive.</summary>
    public static bool IsIdempotent(HttpMethod method) => method.Method is "GET" or "HEAD" or "PUT" or "DELETE" or "OPTIONS" or "TRACE";

    /// <summary>It asks for nothing to be changed (RFC 9110 §9.2.1).</summary>
    public static bool IsSafe(HttpMethod method) => method.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE";

    /// <summary>Whether no destination can have acted on the request, so that any method may go elsewhere.</summary>
    public static bool IsUnsent(in AttemptFailure failure) =>
        failure.IsSafeToRetry && (failure.Side == FailureSide.Destination || failure.Kind == AttemptFailureKinds.ConnectionLimitReached);

    /// <summary>Whether a failed attempt may be repeated where repeating does no harm: the destination's doing, and no answer had begun.</summary>
    public static bool IsWorthRepeating(in AttemptFailure failure) =>
        failure.Side == FailureSide.Destination && failure.Sent != SentState.AnswerBegun
        && failure.Kind is not (AttemptFailureKinds.HttpProtocolError or AttemptFailureKinds.HttpResponseHeaderSectionSize or AttemptFailureKinds.HttpUpgradeFailed);

    /// <summary>Whether a body can be sent from its beginning.</summary>
    public static bool CanBeSent(HttpContent? content) => content switch
    {
        null => true,
        IReplayableBody body => body.CanBeSent,
        _ => IsSentAnyNumberOfTimes(content),
    };

    /// <summary>The body for an attempt beside another one; <see langword="false"/>: there can be none.</summary>
    public static bool TryCopy(HttpContent? content, out HttpContent? copy)
    {
        copy = content is IReplayableBody body ? body.TryCopy() : content;
        return content is null || (copy is not null && CanBeSent(copy));
    }

    /// <summary>Contents of the platform that hold what they send.</summary>
    public static bool IsSentAnyNumberOfTimes(HttpContent content) => content switch
    {
        ByteArrayContent or ReadOnlyMemoryContent => true,
        MultipartContent parts => parts.All(IsSentAnyNumberOfTimes),
        _ => false,
    };
}
