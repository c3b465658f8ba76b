namespace Net2Secure.Routing.Balancing;

/// <summary>Names of the built-in sources of discovery. Names are compared without regard to case.</summary>
public static class DiscoverySourceNames
{
    /// <summary>The addresses of the host (A and AAAA records): each becomes a destination with the port of the URL. The default.</summary>
    public const string Dns = "Dns";

    /// <summary>The services of the name (SRV records, RFC 2782): each target becomes a destination with its own port, priority and weight.</summary>
    public const string DnsSrv = "DnsSrv";
}
