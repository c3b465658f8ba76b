namespace Net2Secure.Routing.Proxying;

/// <summary>A cluster that would be another.</summary>
/// <param name="ClusterId">Its name.</param>
/// <param name="Change">Whether it is new, goes, or is changed.</param>
/// <param name="Settings">Which of its settings are others; empty for one that is new or goes.</param>
/// <param name="Destinations">Its destinations of now and then, those that stay as they are included.</param>
public sealed record ClusterChange(string ClusterId, DryRunChange Change, IReadOnlyList<SettingChange> Settings, IReadOnlyList<DestinationChange> Destinations)
{
    /// <summary>How many keys it was asked for; 0 where requests do not go by keys, before or after.</summary>
    public int Keys { get; init; }

    /// <summary>The share of keys that would come to another server, 0 to 1; <see langword="null"/> where requests do not go by keys both before and after.</summary>
    /// <remarks>Asked of the tables of the hash policy, or of affinity that hashes at first (<c>ClientAddress</c>, <c>RequestKey</c>): clients that affinity remembers move only where their destination goes.</remarks>
    public double? KeysMoved { get; init; }
}
