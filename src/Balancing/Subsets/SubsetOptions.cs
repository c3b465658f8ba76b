namespace Net2Secure.Routing.Balancing;

/// <summary>How requests choose among the destinations of a cluster by their metadata.</summary>
public sealed class SubsetOptions
{
    /// <summary>Keys of destinations' metadata, each with the header field of requests whose value chooses by it. A request without the field does not choose by that key. Up to 3.</summary>
    public IDictionary<string, string> FromHeaders { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The subset for requests that choose none: keys and values of metadata. Up to 5. Default: all destinations.</summary>
    public IDictionary<string, string> Default { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Who answers when the chosen subset has nobody that can be used. Default: <see cref="SubsetFallback.None"/>.</summary>
    public SubsetFallback Fallback { get; set; }
}
