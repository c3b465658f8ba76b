namespace Net2Secure.Routing.Health;

/// <summary>What an attempt came to, as far as the health of its destination goes.</summary>
internal enum TrafficResult
{
    /// <summary>An answer that is no 5xx.</summary>
    Success,

    /// <summary>A 5xx other than these:</summary>
    ServerError,

    /// <summary>502, 503 or 504.</summary>
    GatewayError,

    /// <summary>No answer.</summary>
    Failure,
}
