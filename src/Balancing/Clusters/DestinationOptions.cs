namespace Net2Secure.Routing.Balancing;

/// <summary>What the user says of one server of a cluster.</summary>
public sealed class DestinationOptions
{
    /// <summary>Where requests are sent: an absolute <c>http</c> or <c>https</c> URL; a path in it is put before the path of each request. Required.</summary>
    public string Address { get; set; } = "";

    /// <summary>Where active probes are sent, if not to <see cref="Address"/>: an absolute <c>http</c> or <c>https</c> URL.</summary>
    public string? Health { get; set; }

    /// <summary>The <c>Host</c> of requests and probes to this destination when the client's own is not kept. Default: the authority of <see cref="Address"/>.</summary>
    public string? Host { get; set; }

    /// <summary>The share of the traffic relative to the other destinations. 0 to 65,535; 0 takes no new traffic. Default: 1.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>The zone (rack, data centre) of the server; callers in the same zone prefer it. Default: none.</summary>
    public string? Zone { get; set; }

    /// <summary>The tier of the server; higher numbers take over as the lower ones fail. 0 to 100. Default: 0.</summary>
    public int Priority { get; set; }

    /// <summary>The name that the server's certificate has to bear, where that is not the host of <see cref="Address"/>: of a server that was found by its name.</summary>
    internal string? ServerName { get; init; }

    /// <summary>Values for extensions of the user.</summary>
    public IDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
}
