namespace Net2Secure.Routing.Proxying;

/// <summary>How an authority sees that a host is yours.</summary>
public enum AcmeChallengeType
{
    /// <summary>By a request over http, port 80 (RFC 8555 §8.3). It is answered before anything else is done with requests.</summary>
    Http01,

    /// <summary>By a handshake on port 443 (RFC 8737). Where port 80 is closed.</summary>
    TlsAlpn01,
}
