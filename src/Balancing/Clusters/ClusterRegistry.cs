using Microsoft.Extensions.Logging;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Balancing;

/// <summary>Holds the live clusters and brings what their owners describe to life.</summary>
/// <remarks>
/// An owner is whoever describes a set of clusters as a whole: a proxy's configuration, a section read for clients, the code of an application. Each call of
/// <see cref="Apply(object, IReadOnlyList{ClusterOptions})"/> replaces all that its owner said before and touches nobody else's. Readers never wait; writers take one lock.
/// </remarks>
internal sealed class ClusterRegistry(
    LoadBalancingPolicyCatalog policies,
    IEnumerable<IClusterFeatureFactory>? features = null,
    IEnumerable<IClusterSection>? sections = null,
    TimeProvider? time = null,
    ILogger<ClusterRegistry>? logger = null,
    SessionAffinityCatalog? affinities = null,
    Discoverer? discoverer = null,
    HostZone? zone = null) : IClusterRegistry, IDisposable
{
    private readonly IClusterFeatureFactory[] _features = [.. features ?? []];
    private readonly IClusterSection[] _sections = [.. sections ?? []];
    private readonly SessionAffinityCatalog _affinities = affinities ?? SessionAffinityCatalog.BuiltIn(time ?? TimeProvider.System);
    private readonly Lock _lock = new();
    private Directory _directory = Directory.Empty;
    private bool _disposed;

    /// <inheritdoc/>
    public IReadOnlyCollection<Cluster> Clusters => Volatile.Read(ref _directory).Clusters;

    /// <inheritdoc/>
    public bool TryGet(string clusterId, [NotNullWhen(true)] out Cluster? cluster)
    {
        var found = Volatile.Read(ref _directory).ById.TryGetValue(clusterId, out var entry);
        cluster = entry?.Cluster;
        return found;
    }

    /// <summary>Makes these the clusters of their owner: new ones appear, those that stay keep their live state, those not mentioned go.</summary>
    /// <param name="owner">Who describes them; compared by reference, named in messages by its <see cref="object.ToString"/>.</param>
    /// <param name="clusters">All clusters of the owner. Its instances are not to be changed afterwards.</param>
    /// <exception cref="OptionsValidationException">Something is wrong; all of it is listed, and nothing has changed.</exception>
    public void Apply(object owner, IReadOnlyList<ClusterOptions> clusters) => Apply(owner, clusters, path: "", errors: [], notices: []);

    /// <summary>Makes these the clusters of their owner.</summary>
    /// <param name="owner">Who describes them.</param>
    /// <param name="clusters">All clusters of the owner.</param>
    /// <param name="path">Where they are described, to begin the paths of messages with.</param>
    /// <param name="errors">What is known to be wrong with them already.</param>
    /// <param name="notices">Receives what is right, but has no effect.</param>
    /// <exception cref="OptionsValidationException">Something is wrong; all of it is listed, and nothing has changed.</exception>
    public void Apply(object owner, IReadOnlyList<ClusterOptions> clusters, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        // Questions take time; whoever is served meanwhile is served by what there is.
        var found = discoverer?.Prepare(clusters, DiscoveredOf);
        lock (_lock)
        {
            if (_disposed) return;
            var before = _directory.ById;
            var after = before.Where(e => !ReferenceEquals(e.Value.Owner, owner)).ToDictionary(StringComparer.OrdinalIgnoreCase);
            var drafts = new List<ClusterDraft>(clusters.Count);
            foreach (var options in clusters)
            {
                if (after.TryGetValue(options.ClusterId, out var taken))
                {
                    errors.Report(path.Below(options.ClusterId), ReferenceEquals(taken.Owner, owner)
                        ? "is described twice."
                        : $"is the name of a cluster both in '{owner}' and in '{taken.Owner}'; give one of them another.");
                    continue;
                }

                options.HostZone ??= zone?.Name;
                var live = before.GetValueOrDefault(options.ClusterId)?.Cluster;
                var discovered = found?.GetValueOrDefault(options.ClusterId) ?? DiscoveredNames.None;
                if (Draft(options, live, discovered, path.Below(options.ClusterId), errors, notices) is not { } draft) continue;
                drafts.Add(draft);
                after.Add(options.ClusterId, new Entry(owner, draft.Cluster));
            }

            var mirrors = after.ToDictionary(e => e.Key, e => e.Value.Cluster.Snapshot.Options.Mirror?.ClusterId, StringComparer.OrdinalIgnoreCase);
            foreach (var draft in drafts) mirrors[draft.Cluster.Id] = draft.Options.Mirror?.ClusterId;
            MirrorRules.CheckTargets(drafts.Select(d => d.Cluster.Id), mirrors, path, errors);

            if (errors.Count > 0)
            {
                foreach (var draft in drafts)
                {
                    if (!before.ContainsKey(draft.Cluster.Id)) End(draft.Cluster);
                }

                throw new OptionsValidationException(owner.ToString() ?? "", typeof(ClusterOptions), [.. errors.Select(e => e.ToString())]);
            }

            var directory = new Directory(after);

            // Nothing below can fail.
            foreach (var draft in drafts) draft.Publish();
            Volatile.Write(ref _directory, directory);
            foreach (var (id, entry) in before)
            {
                if (!after.ContainsKey(id)) End(entry.Cluster);
            }
        }
    }

    /// <summary>Ends what the clusters have running. They can still be looked at; nothing changes them any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            foreach (var cluster in _directory.Clusters) End(cluster);
        }
    }

    /// <summary>Gives a live cluster the destinations that were found for one of its names.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="options">The settings that it was asked for with; when there are others by now, nothing happens.</param>
    /// <param name="question">What was asked.</param>
    /// <param name="answer">What was found.</param>
    /// <param name="errors">Receives what is wrong with it.</param>
    /// <returns>Whether it is in force.</returns>
    internal bool Discovered(Cluster cluster, ClusterOptions options, DiscoveredNames.Question question, DiscoveredDestinations answer, ICollection<ConfigError> errors)
    {
        lock (_lock)
        {
            if (_disposed || !_directory.ById.TryGetValue(cluster.Id, out var entry) || !ReferenceEquals(entry.Cluster, cluster)) return false;
            var snapshot = cluster.Snapshot;
            if (!ReferenceEquals(snapshot.Options, options)) return false;
            if (Draft(options, cluster, snapshot.Discovered.With([new(question, answer)]), cluster.Id, errors, []) is not { } draft) return false;
            draft.Publish();
            return true;
        }
    }

    /// <summary>Makes clusters to ask questions of, as <see cref="Apply(object, IReadOnlyList{ClusterOptions})"/> would make them, beside the live ones: nothing of those is used or touched.</summary>
    /// <remarks>They have no features, so that nothing of them runs. Destinations that are live, by name and address, are taken for what they are taken for now. Names are not looked up: what was found last stands for them.</remarks>
    /// <param name="owner">Who would describe them.</param>
    /// <param name="clusters">All clusters of the owner.</param>
    /// <param name="path">Where they are described, to begin the paths of messages with.</param>
    /// <param name="errors">Receives what is wrong.</param>
    /// <param name="notices">Receives what is right, but has no effect.</param>
    internal List<Cluster> Sketch(object owner, IReadOnlyList<ClusterOptions> clusters, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        var directory = Volatile.Read(ref _directory).ById;
        var others = directory.Where(e => !ReferenceEquals(e.Value.Owner, owner)).ToDictionary(StringComparer.OrdinalIgnoreCase);
        var mirrors = others.ToDictionary(e => e.Key, e => e.Value.Cluster.Snapshot.Options.Mirror?.ClusterId, StringComparer.OrdinalIgnoreCase);
        var sketches = new List<Cluster>(clusters.Count);
        foreach (var options in clusters)
        {
            if (others.TryGetValue(options.ClusterId, out var taken))
            {
                errors.Report(path.Below(options.ClusterId), $"is the name of a cluster both in '{owner}' and in '{taken.Owner}'; give one of them another.");
                continue;
            }

            options.HostZone ??= zone?.Name;
            var live = directory.GetValueOrDefault(options.ClusterId)?.Cluster.Snapshot;
            var draft = ClusterDraft.TryCreate(
                options, live: null, static s => new Cluster(s.Options.ClusterId, s), policies, _affinities, live?.Discovered.For(options) ?? DiscoveredNames.None,
                discoverer?.Names ?? DiscoveryRules.Sources, _sections, path.Below(options.ClusterId), errors, notices);
            if (draft is null) continue;
            TakeOver(live, draft.Cluster);
            sketches.Add(draft.Cluster);
            mirrors[options.ClusterId] = options.Mirror?.ClusterId;
        }

        MirrorRules.CheckTargets(sketches.Select(static c => c.Id), mirrors, path, errors);
        return sketches;
    }

    private static void TakeOver(ClusterSnapshot? live, Cluster sketch)
    {
        var known = live?.Destinations.ToDictionary(static d => d.Id, StringComparer.OrdinalIgnoreCase) ?? [];
        sketch.Update(
            [.. sketch.Snapshot.Destinations.Where(d => known.TryGetValue(d.Id, out var kept) && kept.Address == d.Address)],
            (d, _) => known[d.Id].Status,
            static _ => "as it is now");
    }

    private ClusterDraft? Draft(ClusterOptions options, Cluster? live, DiscoveredNames discovered, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices) =>
        ClusterDraft.TryCreate(options, live, Create, policies, _affinities, discovered, discoverer?.Names ?? DiscoveryRules.Sources, _sections, path, errors, notices);

    private DiscoveredNames DiscoveredOf(string clusterId) => TryGet(clusterId, out var cluster) ? cluster.Snapshot.Discovered : DiscoveredNames.None;

    private static void End(Cluster cluster)
    {
        foreach (var feature in cluster.Features) feature.Dispose();
    }

    private Cluster Create(ClusterSnapshot snapshot) => new(snapshot.Options.ClusterId, snapshot, _features, time, logger);

    private sealed record Entry(object Owner, Cluster Cluster);

    private sealed class Directory(Dictionary<string, Entry> entries)
    {
        public static Directory Empty { get; } = new([]);

        public FrozenDictionary<string, Entry> ById { get; } = entries.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

        public IReadOnlyCollection<Cluster> Clusters { get; } = Array.AsReadOnly([.. entries.Values.Select(e => e.Cluster)]);
    }
}
