namespace Net2Secure.Routing.Proxying;

/// <summary>What a dry run asks both configurations.</summary>
public sealed class DryRunOptions
{
    /// <summary>Requests of one's own, beside those that are derived from the routes. Up to 1,000. Default: none.</summary>
    public IList<DryRunRequest> Requests { get; set; } = [];

    /// <summary>How many of the latest requests that <see cref="IRequestExplanations"/> has are asked for too, without the fields and values of queries, which are not kept. 0 to 1,000. Default: 100.</summary>
    public int RecentRequests { get; set; } = 100;

    /// <summary>How many keys each cluster that hashes is asked for. 100 to 100,000; fewer where clusters are many, so that 4 million are asked for in all. Default: 4,096.</summary>
    public int Keys { get; set; } = 4096;
}
