using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Balancing;

/// <summary>Asks sources for servers: for new configurations before they take effect, and for live clusters whenever it is time.</summary>
internal sealed class Discoverer(DiscoverySourceCatalog sources, RandomSource random, TimeProvider time, ILogger<Discoverer> logger)
{
    private const double Jitter = 0.1;

    /// <summary>Makes what was found the destinations of a cluster; set by the registry that holds it.</summary>
    public Func<Cluster, ClusterOptions, DiscoveredNames.Question, DiscoveredDestinations, ICollection<ConfigError>, bool>? Changed { get; set; }

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>The names of the sources.</summary>
    public IReadOnlyList<string> Names => sources.Names;

    /// <summary>Finds what is not known yet of clusters that are about to take effect. Waits for as long as their settings say, and goes without what has not come by then.</summary>
    /// <param name="clusters">The clusters, not validated yet.</param>
    /// <param name="known">What is known of a cluster.</param>
    /// <returns>What was found, by the name of the cluster.</returns>
    public Dictionary<string, DiscoveredNames> Prepare(IReadOnlyList<ClusterOptions> clusters, Func<string, DiscoveredNames> known)
    {
        var prepared = new Dictionary<string, DiscoveredNames>(StringComparer.OrdinalIgnoreCase);
        var pending = new List<(ClusterOptions Cluster, DiscoveredNames.Question Question, Task<DiscoveredDestinations?> Answer)>();
        foreach (var cluster in clusters)
        {
            if (cluster.Discovery is not { } discovery || !IsUsable(discovery)) continue;
            var before = known(cluster.ClusterId).For(cluster);
            prepared[cluster.ClusterId] = before;
            foreach (var question in DiscoveredNames.QuestionsOf(cluster))
            {
                // All at once: ten names that do not answer cost the time of one.
                if (before.Find(question) is null) pending.Add((cluster, question, Task.Run(() => TryAskFirstAsync(cluster, question))));
            }
        }

        if (pending.Count == 0) return prepared;
        Task.WhenAll(pending.Select(p => p.Answer)).GetAwaiter().GetResult();
        foreach (var (cluster, question, answer) in pending)
        {
            if (answer.Result is { } found) prepared[cluster.ClusterId] = prepared[cluster.ClusterId].With([new(question, found)]);
        }

        return prepared;
    }

    /// <summary>Asks once.</summary>
    /// <exception cref="Exception">Nothing was found, for whatever reason.</exception>
    public async Task<DiscoveredDestinations> AskAsync(ClusterOptions cluster, DiscoveredNames.Question question, CancellationToken cancellationToken)
    {
        var options = cluster.Discovery!;
        using var patience = new CancellationTokenSource(options.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var source = sources.Get(question.Source);
            var found = await source.DiscoverAsync(new DiscoveryContext(cluster, question.DestinationId, question.Address, options), linked.Token)
                .AsTask().WaitAsync(linked.Token).ConfigureAwait(false);
            return Checked(found);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer came within {options.Timeout:c}.", e);
        }
    }

    /// <summary>A pause that is up to a tenth shorter, so that many proxies do not ask in step.</summary>
    public TimeSpan Jittered(TimeSpan pause) => pause * (1 - (Jitter * random.NextDouble()));

    /// <summary>Has a cluster changed to what was found.</summary>
    /// <returns>Whether it is in force.</returns>
    public bool Change(Cluster cluster, ClusterOptions options, DiscoveredNames.Question question, DiscoveredDestinations found)
    {
        var errors = new List<ConfigError>();
        if (Changed is null || !Changed(cluster, options, question, found, errors))
        {
            if (errors.Count > 0) DiscoveryLog.Refused(logger, cluster.Id, question.DestinationId, string.Join(' ', errors));
            return false;
        }

        LogFound(cluster.Id, question, found);
        return true;
    }

    public void LogFailure(string clusterId, DiscoveredNames.Question question, Exception e, DiscoveredDestinations? last) =>
        DiscoveryLog.Failed(logger, clusterId, question.DestinationId, e.Message, last?.Destinations.Count ?? 0);

    private async Task<DiscoveredDestinations?> TryAskFirstAsync(ClusterOptions cluster, DiscoveredNames.Question question)
    {
        using var patience = new CancellationTokenSource(cluster.Discovery!.StartTimeout, time);
        try
        {
            var found = await AskAsync(cluster, question, patience.Token).ConfigureAwait(false);
            LogFound(cluster.ClusterId, question, found);
            return found;
        }
        catch (Exception e) // the cluster starts without, and is asked for again
        {
            LogFailure(cluster.ClusterId, question, e is OperationCanceledException ? new TimeoutException($"no answer came within {cluster.Discovery.StartTimeout:c}.") : e, last: null);
            return null;
        }
    }

    private void LogFound(string clusterId, DiscoveredNames.Question question, DiscoveredDestinations found)
    {
        const int most = 10;
        if (!logger.IsEnabled(LogLevel.Information)) return;
        var addresses = string.Join(", ", found.Destinations.Take(most).Select(d => d.Address.Authority)) + (found.Destinations.Count > most ? ", …" : "");
        DiscoveryLog.Changed(logger, clusterId, question.DestinationId, found.Destinations.Count, addresses);
    }

    // A source of the user may say anything; what is in force is to be right.
    private static DiscoveredDestinations Checked(DiscoveredDestinations? found)
    {
        if (found is not { Destinations.Count: > 0 }) throw new InvalidOperationException("the answer is that there are none.");
        foreach (var destination in found.Destinations)
        {
            if (HttpAddress.Problem(destination.Address.OriginalString) is { } problem) throw new InvalidOperationException($"an address that was found {problem}");
            if (destination.Weight is { } weight && !ClusterOptionsValidator.Weight.Contains(weight)) throw new InvalidOperationException($"weight '{weight}' is not allowed: {ClusterOptionsValidator.Weight} is expected.");
            if (destination.TiersBehind < 0) throw new InvalidOperationException($"'{destination.TiersBehind}' tiers behind is not allowed: 0 or more is expected.");
        }

        return found;
    }

    // Not validated yet: what is out of range will be refused, and is not asked for.
    private bool IsUsable(DiscoveryOptions options)
    {
        var errors = new List<ConfigError>();
        DiscoveryRules.Validate(options, "", ClusterPolicyNames.BuiltIn with { Discovery = sources.Names }, errors);
        return errors.Count == 0;
    }
}
