namespace Net2Secure.Routing.Proxying;

/// <summary>By what a split tells one user from another.</summary>
public enum SplitKey
{
    /// <summary>A cookie that the proxy issues. It holds a number from 0 to 9999 and nothing else.</summary>
    Cookie,

    /// <summary>The value of a header field, such as the number of a customer. Requests without it go by chance.</summary>
    Header,

    /// <summary>The address of the client; of IPv6 its first 64 bits, as clients change the rest.</summary>
    ClientAddress,

    /// <summary>Nothing: each request by chance.</summary>
    None,
}
