namespace Net2Secure.Routing.Balancing;

/// <summary>How a cluster prefers destinations in the zone (rack, data centre) of this process.</summary>
public sealed class ZoneOptions
{
    internal const int DefaultMinDestinations = 2;

    /// <summary>Whether the local zone is preferred. Default: <see langword="true"/>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The zone of this process, compared with <c>Zone</c> of destinations without regard to case. Default: that of the host, if it has one: <c>Net2Proxy:LocalZone</c>, or <c>UseLocalZone</c> in code.</summary>
    public string? Local { get; set; }

    /// <summary>Share of the requests of all callers that begin in the local zone, in percent. 1 to 100. Default: an equal part for each zone of the destinations.</summary>
    public int? OriginPercent { get; set; }

    /// <summary>Usable destinations that the local zone needs to have to be preferred. 1 to 1,000. Default: 2.</summary>
    public int MinDestinations { get; set; } = DefaultMinDestinations;
}
