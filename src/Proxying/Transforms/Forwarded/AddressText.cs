using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Net2Secure.Routing.Proxying;

/// <summary>The text of a client's address, made once per connection.</summary>
internal static class AddressText
{
    // An address object keeps its text, and a connection keeps its address object; only where the text has to differ from that is it kept here, as long as the object lives.
    private static readonly ConditionalWeakTable<IPAddress, string> Rewritten = [];

    /// <summary>The address as a number: an IPv4 client of a dual-stack socket as IPv4, an IPv6 address without brackets and without the zone of this host.</summary>
    public static string Of(IPAddress address)
        => address.AddressFamily == AddressFamily.InterNetwork || (!address.IsIPv4MappedToIPv6 && address.ScopeId == 0)
            ? address.ToString()
            : Rewritten.GetValue(address, static key => key.IsIPv4MappedToIPv6 ? key.MapToIPv4().ToString() : new IPAddress(key.GetAddressBytes()).ToString());
}
