using System.Diagnostics.CodeAnalysis;

namespace Net2Secure.Routing.Balancing;

/// <summary>What may be the address of a destination.</summary>
internal static class DestinationAddress
{
    /// <summary>Reads an absolute <c>http</c> or <c>https</c> URL with a host and, if need be, a port and a path; anything more would be dropped in silence and is refused.</summary>
    public static bool TryParse(string? value, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(value, UriKind.Absolute, out address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.Host.Length > 0
        && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0;
}
