namespace Net2Secure.Routing.Balancing;

/// <summary>How much of a client's address counts, where it is the key.</summary>
public sealed class ClientAddressOptions
{
    /// <summary>Bits of an IPv4 address. 8 to 32; 24 for clients that change within a network. Default: 32.</summary>
    public int IPv4PrefixLength { get; set; } = 32;

    /// <summary>Bits of an IPv6 address. 16 to 128. Default: 64, for that is what one subscriber has, who may use any address of it in turn (RFC 4291 §2.5.4, RFC 8981).</summary>
    public int IPv6PrefixLength { get; set; } = 64;
}
