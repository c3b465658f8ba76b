
namespace Net2Secure.Routing.Balancing;

/// <summary>What the user asks of one cluster: a group of servers that can answer the same requests.</summary>
/// <remarks>
/// Plain data, filled by configuration or by code, validated when it is handed in and not read again afterwards: a later change to an instance has no effect.
/// Not safe for use from several threads while it is being filled.
/// </remarks>
public class ClusterOptions
{
    /// <summary>The name of the cluster, unique without regard to case. In configuration it is the key of the section.</summary>
    public string ClusterId { get; set; } = "";

    /// <summary>Name of the load balancing policy, see <see cref="LoadBalancingPolicyNames"/>. Default: <see cref="LoadBalancingPolicyNames.PowerOfTwoChoices"/>.</summary>
    public string? LoadBalancingPolicy { get; set; }

    /// <summary>What requests are hashed by, where the policy hashes. Default: the defaults of each setting.</summary>
    public HashingOptions? Hashing { get; set; }

    /// <summary>How latency is measured, where the policy <c>PeakEwma</c> goes by it. Default: the defaults of each setting.</summary>
    public PeakEwmaOptions? PeakEwma { get; set; }

    /// <summary>Keeps one client on one destination. Default: none.</summary>
    public SessionAffinityOptions? SessionAffinity { get; set; }

    /// <summary>Retries, circuit breakers, hedging and attempt timeouts. Default: retries and circuit breakers as a new <see cref="ResilienceOptions"/> has them.</summary>
    public ResilienceOptions? Resilience { get; set; }

    /// <summary>Bounds on the requests in flight. Default: none.</summary>
    public LimitsOptions? Limits { get; set; }

    /// <summary>Copies requests to another cluster. Default: none.</summary>
    public MirrorOptions? Mirror { get; set; }

    /// <summary>Finds the servers behind the names in the addresses of <see cref="Destinations"/>. Default: none; names are resolved when connections are made.</summary>
    public DiscoveryOptions? Discovery { get; set; }

    /// <summary>How traffic goes over from one tier of destinations to the next. Default: the defaults of each setting.</summary>
    public PriorityOptions? Priorities { get; set; }

    /// <summary>Preference for destinations in the zone of this process. Default: the defaults of each setting.</summary>
    public ZoneOptions? Zones { get; set; }

    /// <summary>Leads destinations that come back, or are added to the running cluster, to their full traffic step by step. Default: none, they get it at once.</summary>
    public SlowStartOptions? SlowStart { get; set; }

    /// <summary>How requests choose among the destinations by their metadata. Default: they do not, unless a route or a caller does.</summary>
    public SubsetOptions? Subsets { get; set; }

    /// <summary>Weighs destinations by the load that they report with their answers. Default: none, reports are not heard.</summary>
    public ReportedLoadOptions? ReportedLoad { get; set; }

    /// <summary>The servers by name. Names are unique without regard to case; an empty cluster answers 503.</summary>
    public IDictionary<string, DestinationOptions> Destinations { get; set; } = new Dictionary<string, DestinationOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The zone of the process, for clusters that name none.</summary>
    internal string? HostZone { get; set; }

    /// <summary>Settings that other rooms know, by their type.</summary>
    internal Dictionary<Type, object> Sections { get; } = [];

    /// <summary>Values for extensions of the user; the product itself reads only the keys that its documentation names.</summary>
    public IDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The settings of this type, or <see langword="null"/>.</summary>
    internal TSection? Section<TSection>()
        where TSection : class => (TSection?)Sections.GetValueOrDefault(typeof(TSection));

    /// <summary>Sets the settings of this type; <see langword="null"/> for none.</summary>
    internal void SetSection<TSection>(TSection? section)
        where TSection : class
    {
        if (section is null) Sections.Remove(typeof(TSection));
        else Sections[typeof(TSection)] = section;
    }
}
