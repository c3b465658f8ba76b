namespace Net2Secure.Routing.Balancing;

/// <summary>Where the key of a request comes from.</summary>
public enum HashKeySource
{
    /// <summary>The address of the client, <see cref="RoutedRequestMessage.ClientAddress"/>. A proxy knows it, a client of its own has none.</summary>
    ClientAddress,

    /// <summary>A header field as it will be sent, all of its lines.</summary>
    Header,

    /// <summary>A cookie. Case counts in its name.</summary>
    Cookie,

    /// <summary>A query parameter as it will be sent, escapes included. Case does not count in its name.</summary>
    QueryParameter,

    /// <summary>The path as it will be sent, without the query and without the path of the destination's address.</summary>
    Path,

    /// <summary>What code has set: <see cref="RoutedRequestMessage.HashKey"/>, or <see cref="BalancingRequestOptions.HashKey"/> of other requests.</summary>
    Custom,
}
