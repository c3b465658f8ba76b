using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.DryRun;

/// <summary>Says what becomes of one cluster.</summary>
internal static class ClusterComparison
{
    /// <summary>Compares two states of a cluster.</summary>
    /// <param name="before">As it is; <see langword="null"/>: it is new.</param>
    /// <param name="after">As it would be; <see langword="null"/>: it goes.</param>
    /// <param name="settings">Which of its settings differ.</param>
    /// <param name="keys">How many keys to ask for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns><see langword="null"/> when nothing differs.</returns>
    public static ClusterChange? Find(Cluster? before, Cluster? after, List<SettingChange> settings, int keys, CancellationToken cancellationToken)
    {
        var change = before is null ? DryRunChange.Added : after is null ? DryRunChange.Removed : DryRunChange.Changed;
        if (change == DryRunChange.Changed && settings.Count == 0 && AreAlike(before!.Snapshot, after!.Snapshot)) return null;
        var wasKeyed = KeyComparison.GoesByKeys(before);
        var willBeKeyed = KeyComparison.GoesByKeys(after);
        var asked = wasKeyed || willBeKeyed ? KeyComparison.Make(before, after, keys, cancellationToken) : null;
        return new(
            (after ?? before)!.Id, change, change == DryRunChange.Changed ? settings : [],
            Compare(new(before?.Snapshot, wasKeyed ? asked!.ShareBefore : null), new(after?.Snapshot, willBeKeyed ? asked!.ShareAfter : null)))
        {
            Keys = asked is null ? 0 : keys,
            KeysMoved = wasKeyed && willBeKeyed ? asked!.Moved : null,
        };
    }

    private static bool AreAlike(ClusterSnapshot before, ClusterSnapshot after)
    {
        if (before.Destinations.Count != after.Destinations.Count || before.Candidates.Count != after.Candidates.Count) return false;
        for (var i = 0; i < before.Destinations.Count; i++)
        {
            if (ChangeOf(before.Destinations[i], after.Destinations[i]) != DryRunChange.None || before.Destinations[i].Id != after.Destinations[i].Id) return false;
        }

        for (var i = 0; i < before.Candidates.Count; i++)
        {
            if (before.Candidates[i].Id != after.Candidates[i].Id || before.Candidates.Weights[i] != after.Candidates.Weights[i]) return false;
        }

        return true;
    }

    private static List<DestinationChange> Compare(Side before, Side after)
    {
        var changes = new List<DestinationChange>();
        foreach (var destination in before.Destinations.Values.Concat(after.Destinations.Values.Where(d => !before.Destinations.ContainsKey(d.Id))))
        {
            var was = before.Destinations.GetValueOrDefault(destination.Id);
            var will = after.Destinations.GetValueOrDefault(destination.Id);
            changes.Add(new(
                destination.Id, ChangeOf(was, will), was?.Address, will?.Address, was?.Options.Weight, will?.Options.Weight,
                before.ShareOf(destination.Id), after.ShareOf(destination.Id)));
        }

        return changes;
    }

    private static DryRunChange ChangeOf(Destination? before, Destination? after)
    {
        if (before is null) return DryRunChange.Added;
        if (after is null) return DryRunChange.Removed;
        var (was, will) = (before.Options, after.Options);
        if (before.Address != after.Address || was.Health != will.Health || was.Host != will.Host || was.Zone != will.Zone || was.Priority != will.Priority || !HaveSame(was.Metadata, will.Metadata))
            return DryRunChange.Changed;
        return was.Weight == will.Weight ? DryRunChange.None : DryRunChange.Reweighted;
    }

    private static bool HaveSame(IDictionary<string, string> before, IDictionary<string, string> after) =>
        before.Count == after.Count && before.All(e => after.TryGetValue(e.Key, out var value) && value == e.Value);

    /// <summary>One of the two states, with how its destinations share the traffic.</summary>
    private sealed class Side
    {
        private readonly Func<string, double>? _shareOfKeys;
        private readonly Dictionary<string, double> _weights = new(StringComparer.OrdinalIgnoreCase);

        public Side(ClusterSnapshot? snapshot, Func<string, double>? shareOfKeys)
        {
            _shareOfKeys = shareOfKeys;
            Destinations = snapshot?.Destinations.ToDictionary(static d => d.Id, StringComparer.OrdinalIgnoreCase) ?? [];
            if (snapshot is not { Candidates: { Count: > 0 } candidates }) return;
            for (var i = 0; i < candidates.Count; i++) _weights[candidates[i].Id] = candidates.Weights[i] / candidates.TotalWeight;
        }

        public Dictionary<string, Destination> Destinations { get; }

        public double ShareOf(string id) => _shareOfKeys?.Invoke(id) ?? _weights.GetValueOrDefault(id);
    }
}
