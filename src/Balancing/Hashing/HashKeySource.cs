namespace Net2Secure.Routing.Balancing;

/// <summary>Where the key of a request comes from.</summary>
public enum HashKeySource
{
    /// <summary>The address of the client. A proxy knows it, an <see cref="HttpClient"/> has none.</summary>
    /// <remarks>See <see cref="RoutedRequestMessage.ClientAddress"/>.</remarks>
    ClientAddress,

    /// <summary>A header field as it will be sent, all of its lines.</summary>
    Header,

    /// <summary>A cookie. Case counts in its name.</summary>
    Cookie,

    /// <summary>A query parameter as it will be sent, escapes included. Case does not count in its name.</summary>
    QueryParameter,

    /// <summary>The path as it will be sent, without the query and without the path of the destination's address.</summary>
    Path,

    /// <summary>A key that code has set: <see cref="RoutedRequestMessage.HashKey"/> in a proxy, an option of the same name in a client.</summary>
    /// <remarks>See <see cref="BalancingRequestOptions.HashKey"/>.</remarks>
    Custom,
}
