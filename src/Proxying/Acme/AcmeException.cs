namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>The authority refused, or said something that makes no sense.</summary>
internal sealed class AcmeException(string message, string? problem = null, TimeSpan? retryAfter = null, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Type of the problem (RFC 8555 §6.7), where the authority gave one.</summary>
    public string? Problem => problem;

    /// <summary>When to come again, where it said so.</summary>
    public TimeSpan? RetryAfter => retryAfter;
}
