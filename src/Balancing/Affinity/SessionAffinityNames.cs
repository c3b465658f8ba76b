namespace Net2Secure.Routing.Balancing;

/// <summary>Names of the built-in ways to keep a client on a destination, and of what is done when that fails. Names are compared without regard to case.</summary>
public static class SessionAffinityNames
{
    /// <summary>A cookie with a signed name of the destination, which says nothing of it. Any proxy with the same <see cref="SessionAffinityOptions.Keys"/> can read it. The default.</summary>
    public const string HashCookie = "HashCookie";

    /// <summary>A cookie in the form of IIS Application Request Routing: the SHA-256 of the destination's name, unsigned. For clients that have one from there; a client can choose its destination.</summary>
    public const string ArrCookie = "ArrCookie";

    /// <summary>A cookie encrypted by ASP.NET Core data protection, whose key ring the proxies have to share. In a proxy only.</summary>
    public const string Cookie = "Cookie";

    /// <summary>The signed key of <see cref="HashCookie"/> in a header: issued in the response, to be sent back with each request. For clients that keep no cookies.</summary>
    public const string CustomHeader = "CustomHeader";

    /// <summary>A cookie that the application sets itself, such as a session's. Who set which is remembered, by each proxy for itself.</summary>
    public const string LearnedCookie = "LearnedCookie";

    /// <summary>The address of the client: hashed at first, so that proxies agree, then remembered. For protocols and clients without cookies.</summary>
    public const string ClientAddress = "ClientAddress";

    /// <summary>A key that code sets on the request, see <see cref="BalancingRequestOptions.AffinityKey"/>: hashed at first, then remembered. For an <see cref="HttpClient"/>.</summary>
    public const string RequestKey = "RequestKey";

    /// <summary>What is done when the destination of a key cannot be used: another is picked, and becomes the client's. The default.</summary>
    public const string Redistribute = "Redistribute";

    /// <summary>What is done when the destination of a key cannot be used: 503, until it can. For clients whose state nobody else has.</summary>
    public const string Return503Error = "Return503Error";
}
