namespace Net2Secure.Routing.Proxying;

/// <summary>A request head ready to be sent, and what it says of the exchange.</summary>
internal struct RequestHead
{
    /// <summary>The bytes of the head. A field, for it is a mutable struct.</summary>
    public SendBuffer Bytes;

    /// <summary>The body is sent in chunks (RFC 9112 §7.1).</summary>
    public bool IsChunked;

    /// <summary>The length of the body; only where there is one and it is not sent in chunks.</summary>
    public long ContentLength;

    /// <summary>The body waits for <c>100 Continue</c> (RFC 9110 §10.1.1).</summary>
    public bool ExpectsContinue;

    /// <summary>The protocols asked for by <c>Upgrade</c>, as sent (RFC 9110 §7.8).</summary>
    public string? Upgrade;

    /// <summary>The response has no body whatever its head says (RFC 9112 §6.3).</summary>
    public bool IsHead;
}
