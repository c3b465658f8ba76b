using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.DryRun;

/// <summary>Sets a candidate beside what serves, asks both the same, and lets go of the candidate.</summary>
internal sealed class ProxyDryRun(ProxyStateManager manager, ProxyConfigNames names, IRequestExplanations explanations, IServiceProvider services) : IProxyDryRun
{
    /// <summary>The largest candidate.</summary>
    public const int MaxCandidateBytes = 4 * 1024 * 1024;

    private const int MaxSettings = 200_000;
    private const int MaxAsked = 1_000;
    private const int MaxRequests = 10_000;
    private const int MaxKeysInAll = 4_000_000;
    private const int FewestKeys = 100;
    private const int MostKeys = 100_000;
    private const string Name = "candidate";

    private int _isRunning;

    public Task<DryRunReport> RunAsync(string json, DryRunOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(json);
        // As many bytes as there are characters, at least: what is too long is not copied.
        return json.Length > MaxCandidateBytes ? Task.FromResult(TooLarge) : RunAsync((ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(json), options, cancellationToken);
    }

    public Task<DryRunReport> RunAsync(IConfiguration section, DryRunOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(section);
        return RunAsync(
            errors =>
            {
                var settings = SettingsNode.From(section);
                if (Count(settings) > MaxSettings) errors.Report(Name, string.Create(CultureInfo.InvariantCulture, $"has more than {MaxSettings} settings, which is the most that a dry run takes."));
                return settings;
            },
            options,
            cancellationToken);
    }

    /// <summary>The same for the bytes of a file.</summary>
    public Task<DryRunReport> RunAsync(ReadOnlyMemory<byte> json, DryRunOptions? options, CancellationToken cancellationToken) => json.Length > MaxCandidateBytes
        ? Task.FromResult(TooLarge)
        : RunAsync(errors => JsonSettingsFile.Parse(json, Name, ProxyConfigReader.SectionName, errors), options, cancellationToken);

    private static DryRunReport TooLarge { get; } = new()
    {
        Errors = [new(Name, string.Create(CultureInfo.InvariantCulture, $"is larger than {MaxCandidateBytes} bytes, which is the most that a dry run takes."))],
    };

    private Task<DryRunReport> RunAsync(Func<ICollection<ConfigError>, SettingsNode> read, DryRunOptions? options, CancellationToken cancellationToken)
    {
        options ??= new();
        Validate(options);
        if (Interlocked.Exchange(ref _isRunning, 1) == 1) throw new DryRunBusyException();
        // Off the caller's thread: all of it is work for the processor.
        return Task.Run(
            async () =>
            {
                try
                {
                    return await CompareAsync(read, options, cancellationToken).ConfigureAwait(false);
                }
                catch (ProxyConfigException e)
                {
                    return new DryRunReport { Errors = e.Errors };
                }
                finally
                {
                    Volatile.Write(ref _isRunning, 0);
                }
            },
            CancellationToken.None);
    }

    private async Task<DryRunReport> CompareAsync(Func<ICollection<ConfigError>, SettingsNode> read, DryRunOptions options, CancellationToken cancellationToken)
    {
        var errors = new List<ConfigError>();
        var settings = read(errors);
        var candidate = LoadedProxyConfig.From(settings, ProxyConfigReader.SectionName, names, errors);
        cancellationToken.ThrowIfCancellationRequested();
        var rehearsal = manager.Rehearse(candidate);
        var report = new DryRunReport { Errors = rehearsal.Errors, Notices = rehearsal.Notices, Findings = rehearsal.Findings };
        if (!report.IsValid) return report;
        report = report with
        {
            Routes = CompareRoutes(rehearsal, settings),
            Clusters = CompareClusters(rehearsal, settings, options.Keys, cancellationToken),
            Settings = SettingsComparison.Find(rehearsal.Settings, settings, "Routes", "Clusters"),
        };
        return await AskAsync(report, rehearsal, options, cancellationToken).ConfigureAwait(false);
    }

    private static List<RouteChange> CompareRoutes(Rehearsal rehearsal, SettingsNode settings)
    {
        var before = rehearsal.Routes.ToDictionary(static r => r.RouteId, StringComparer.OrdinalIgnoreCase);
        var after = rehearsal.NewRoutes.ToDictionary(static r => r.RouteId, StringComparer.OrdinalIgnoreCase);
        var changes = new List<RouteChange>();
        foreach (var id in before.Keys.Union(after.Keys, StringComparer.OrdinalIgnoreCase))
        {
            if (!before.ContainsKey(id)) changes.Add(new(id, DryRunChange.Added, []));
            else if (!after.ContainsKey(id)) changes.Add(new(id, DryRunChange.Removed, []));
            else if (SettingsOf("Routes", id, rehearsal.Settings, settings) is { Count: > 0 } found) changes.Add(new(id, DryRunChange.Changed, found));
        }

        return changes;
    }

    private static List<ClusterChange> CompareClusters(Rehearsal rehearsal, SettingsNode settings, int keys, CancellationToken cancellationToken)
    {
        var before = rehearsal.Clusters.ToDictionary(static c => c.Id, StringComparer.OrdinalIgnoreCase);
        var after = rehearsal.NewClusters.ToDictionary(static c => c.Id, StringComparer.OrdinalIgnoreCase);
        string[] ids = [.. before.Keys.Union(after.Keys, StringComparer.OrdinalIgnoreCase)];
        keys = Math.Clamp(keys, FewestKeys, Math.Max(FewestKeys, MaxKeysInAll / Math.Max(1, ids.Length)));
        var changes = new List<ClusterChange>();
        foreach (var id in ids)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ClusterComparison.Find(before.GetValueOrDefault(id), after.GetValueOrDefault(id), SettingsOf("Clusters", id, rehearsal.Settings, settings), keys, cancellationToken) is { } change)
                changes.Add(change);
        }

        return changes;
    }

    private static List<SettingChange> SettingsOf(string section, string id, SettingsNode? before, SettingsNode after) =>
        SettingsComparison.Find(before?.Find(section)?.Find(id), after.Find(section)?.Find(id));

    private async Task<DryRunReport> AskAsync(DryRunReport report, Rehearsal rehearsal, DryRunOptions options, CancellationToken cancellationToken)
    {
        var conventions = manager.Endpoints.Conventions;
        using var before = new SketchedRoutes(rehearsal.Routes, rehearsal.Clusters, conventions, services);
        SketchedRoutes after;
        try
        {
            after = new SketchedRoutes(rehearsal.NewRoutes, rehearsal.NewClusters, conventions, services);
            await after.FindAsync(new("GET", new Uri("http://any.invalid/")), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Code of the application, or what routing cannot take: a real load would be refused as well.
            return new() { Errors = [new(ProxyConfigReader.SectionName, $"could not be brought to life: {e.Message}")], Notices = report.Notices, Findings = report.Findings };
        }

        using (after)
        {
            var outcomes = new List<DryRunOutcome>();
            var leftOut = 0;
            foreach (var (request, origin) in Requests(rehearsal, options))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (outcomes.Count == MaxRequests)
                {
                    leftOut++;
                    continue;
                }

                var was = await before.FindAsync(request, cancellationToken).ConfigureAwait(false);
                var will = await after.FindAsync(request, cancellationToken).ConfigureAwait(false);
                outcomes.Add(new(request.Method, request.Url, origin, was, will) { Headers = request.Headers });
            }

            return report with { Requests = outcomes, RequestsLeftOut = leftOut, RoutesNotReached = NotReached(rehearsal, outcomes) };
        }
    }

    /// <summary>What is asked for, each once: what the caller wants to know first.</summary>
    private IEnumerable<(DryRunRequest Request, DryRunOrigin Origin)> Requests(Rehearsal rehearsal, DryRunOptions options)
    {
        var constraints = services.GetService<ParameterPolicyFactory>();
        var derived = rehearsal.Routes.Concat(rehearsal.NewRoutes).SelectMany(route => DerivedRequests.Of(route, constraints));
        var all = options.Requests.Select(static r => (r, DryRunOrigin.Asked))
            .Concat(Recent(options.RecentRequests).Select(static r => (r, DryRunOrigin.Recent)))
            .Concat(derived.Select(static r => (r, DryRunOrigin.Route)));
        return all.DistinctBy(static a => $"{a.Item1.Method} {a.Item1.Url.AbsoluteUri} {string.Join('\n', a.Item1.Headers.Select(static h => $"{h.Key}:{h.Value}"))}");
    }

    private IEnumerable<DryRunRequest> Recent(int most)
    {
        if (most == 0) yield break;
        foreach (var told in explanations.Find(new RequestExplanationQuery { Limit = most }))
        {
            if (Uri.TryCreate($"{told.Scheme}://{told.Host}{told.Target}", UriKind.Absolute, out var url) && told.Method.Length > 0) yield return new(told.Method, url);
        }
    }

    private static List<string> NotReached(Rehearsal rehearsal, List<DryRunOutcome> outcomes)
    {
        var before = outcomes.Select(static o => o.Before.RouteId ?? "").ToHashSet(StringComparer.OrdinalIgnoreCase);
        var after = outcomes.Select(static o => o.After.RouteId ?? "").ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. rehearsal.Routes.Where(r => !before.Contains(r.RouteId)).Concat(rehearsal.NewRoutes.Where(r => !after.Contains(r.RouteId)))
                .Select(static r => r.RouteId).Distinct(StringComparer.OrdinalIgnoreCase),
        ];
    }

    private static void Validate(DryRunOptions options)
    {
        if (options.Keys is < FewestKeys or > MostKeys) throw new ArgumentException($"Keys is {options.Keys}: {FewestKeys} to {MostKeys} is expected.", nameof(options));
        if (options.RecentRequests is < 0 or > MaxAsked) throw new ArgumentException($"RecentRequests is {options.RecentRequests}: 0 to {MaxAsked} is expected.", nameof(options));
        if (options.Requests.Count > MaxAsked) throw new ArgumentException($"Requests has {options.Requests.Count} entries: up to {MaxAsked} are expected.", nameof(options));
        foreach (var request in options.Requests)
        {
            if (string.IsNullOrEmpty(request.Method)) throw new ArgumentException("Requests has one without a method, such as GET.", nameof(options));
            if (request.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https" }) throw new ArgumentException($"Requests has the URL '{request.Url}': an absolute http or https URL is expected.", nameof(options));
        }
    }

    private static int Count(SettingsNode node)
    {
        var count = 1;
        foreach (var child in node.Children)
        {
            if ((count += Count(child)) > MaxSettings) break;
        }

        return count;
    }
}
