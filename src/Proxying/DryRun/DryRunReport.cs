using System.Text.Json;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.DryRun;

namespace Net2Secure.Routing.Proxying;

/// <summary>What a candidate would change. Immutable.</summary>
public sealed record DryRunReport
{
    /// <summary>Why it would be refused, everything at once, as on a real load; then nothing else is told but <see cref="Notices"/> and <see cref="Findings"/>, as far as they are known. Empty: it would serve.</summary>
    public IReadOnlyList<ConfigError> Errors { get; init; } = [];

    /// <summary>What of it is valid and has no effect, or none before a restart.</summary>
    public IReadOnlyList<ConfigError> Notices { get; init; } = [];

    /// <summary>What of it is valid and unsafe.</summary>
    public IReadOnlyList<ConfigError> Findings { get; init; } = [];

    /// <summary>The routes that would be others.</summary>
    public IReadOnlyList<RouteChange> Routes { get; init; } = [];

    /// <summary>The clusters that would be others.</summary>
    public IReadOnlyList<ClusterChange> Clusters { get; init; } = [];

    /// <summary>The settings beside routes and clusters that would be others, such as <c>Tls:Certificates:shop:Path</c>.</summary>
    public IReadOnlyList<SettingChange> Settings { get; init; } = [];

    /// <summary>The requests that were asked for, each with who takes it now and then.</summary>
    public IReadOnlyList<DryRunOutcome> Requests { get; init; } = [];

    /// <summary>How many requests were not asked for, as there were more than 10,000.</summary>
    public int RequestsLeftOut { get; init; }

    /// <summary>The routes, of either configuration, that none of <see cref="Requests"/> came to: nothing is known of what they take. Others may stand in front of them, or no request could be derived from their match.</summary>
    public IReadOnlyList<string> RoutesNotReached { get; init; } = [];

    /// <summary>Whether it would serve.</summary>
    public bool IsValid => Errors.Count == 0;

    /// <summary>Whether anything would be otherwise.</summary>
    public bool HasChanges => Routes.Count > 0 || Clusters.Count > 0 || Settings.Count > 0 || Requests.Any(static r => r.Moves);

    /// <summary>The report as JSON, in the form of the dashboard's API.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DryRunJson.Default.DryRunReport);
}
