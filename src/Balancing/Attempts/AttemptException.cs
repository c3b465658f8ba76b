namespace Net2Secure.Routing.Balancing;

/// <summary>An attempt failed, and the transport knows exactly how.</summary>
public sealed class AttemptException : HttpRequestException
{
    /// <summary>Reports a failure.</summary>
    public AttemptException(AttemptFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>What happened.</summary>
    public AttemptFailure Failure { get; }
}
