using System.Globalization;

namespace Net2Secure.Routing.Balancing;

/// <summary>Checks the settings of a cluster that balancing knows, wherever they came from.</summary>
internal static class ClusterOptionsValidator
{
    public static readonly NumberRange Weight = new(0, 65_535);

    /// <param name="cluster">The cluster.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="known">The names it may use.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="notices">Takes what is right but does nothing yet.</param>
    public static void Validate(ClusterOptions cluster, string path, ClusterPolicyNames known, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        ClusterPolicyNames.Check(cluster.LoadBalancingPolicy, known.LoadBalancing, path.Below(nameof(cluster.LoadBalancingPolicy)), errors);
        HashingRules.Validate(cluster, path, errors, notices);
        PeakEwmaRules.Validate(cluster, path, errors, notices);
        if (cluster.SessionAffinity is { } affinity)
        {
            SessionAffinityRules.Validate(affinity, path.Below(nameof(cluster.SessionAffinity)), known, errors, notices);
        }

        if (cluster.Resilience is { } resilience)
        {
            ResilienceRules.Validate(resilience, path.Below(nameof(cluster.Resilience)), errors);
        }

        if (cluster.Limits is { } limits)
        {
            LimitsRules.Validate(limits, path.Below(nameof(cluster.Limits)), errors, notices);
        }

        if (cluster.Mirror is { } mirror)
        {
            MirrorRules.Validate(mirror, path.Below(nameof(cluster.Mirror)), errors);
        }

        if (cluster.Discovery is { } discovery)
        {
            DiscoveryRules.Validate(discovery, path.Below(nameof(cluster.Discovery)), known, errors);
        }

        if (cluster.Priorities is { } priorities) PriorityRules.Validate(priorities, path.Below(nameof(cluster.Priorities)), errors);
        if (cluster.Zones is { } zones) ZoneRules.Validate(zones, path.Below(nameof(cluster.Zones)), errors);
        if (cluster.SlowStart is { } slowStart) SlowStartRules.Validate(slowStart, path.Below(nameof(cluster.SlowStart)), errors);
        if (cluster.Subsets is { } subsets) SubsetRules.Validate(subsets, path.Below(nameof(cluster.Subsets)), errors);
        if (cluster.ReportedLoad is { } reportedLoad) ReportedLoadRules.Validate(reportedLoad, path.Below(nameof(cluster.ReportedLoad)), errors);
        CheckNotNull(cluster.Destinations, path.Below(nameof(cluster.Destinations)), errors);
        foreach (var (name, destination) in cluster.Destinations ?? new Dictionary<string, DestinationOptions>(StringComparer.Ordinal))
        {
            Validate(name, destination, path.Below(nameof(cluster.Destinations)).Below(name), errors, notices);
        }

        ValidateMetadata(cluster.Metadata, path.Below(nameof(cluster.Metadata)), errors);
    }

    /// <summary>Reports what code has set to null.</summary>
    public static void CheckNotNull(object? value, string path, ICollection<ConfigError> errors)
    {
        if (value is null)
        {
            errors.Report(path, "is null; leave it as it is, or empty, for none.");
        }
    }

    /// <summary>Reports a number outside of its range.</summary>
    public static void Check(long? value, NumberRange range, string path, ICollection<ConfigError> errors)
    {
        if (value is { } number && !range.Contains(number))
        {
            errors.Report(path, string.Create(CultureInfo.InvariantCulture, $"'{number}' is not allowed: {range} is expected."));
        }
    }

    /// <summary>Reports a duration outside of its range.</summary>
    public static void Check(TimeSpan? value, DurationRange range, string path, ICollection<ConfigError> errors)
    {
        if (value is { } duration && !range.Contains(duration))
        {
            errors.Report(path, $"'{duration:c}' is not allowed: {range} is expected.");
        }
    }

    /// <summary>Reports names and values that cannot be.</summary>
    public static void ValidateMetadata(IDictionary<string, string>? metadata, string path, ICollection<ConfigError> errors)
    {
        foreach (var (key, value) in metadata ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (string.IsNullOrWhiteSpace(key))
            {
                errors.Report(path, "holds an empty name; a name is expected.");
            }
            else if (value is null)
            {
                errors.Report(path.Below(key), "is null; a text is expected.");
            }
        }
    }

    private static void Validate(string name, DestinationOptions? destination, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            errors.Report(path, "has an empty name; a destination needs one that tells it from the others.");
        }

        if (destination is null)
        {
            errors.Report(path, "is null; a destination with an Address is expected.");
            return;
        }

        if (HttpAddress.Problem(destination.Address) is { } problem)
        {
            errors.Report(path.Below(nameof(destination.Address)), problem);
        }

        if (!string.IsNullOrEmpty(destination.Health) && HttpAddress.Problem(destination.Health) is { } healthProblem)
        {
            errors.Report(path.Below(nameof(destination.Health)), healthProblem);
        }

        if (!string.IsNullOrEmpty(destination.Host) && HostSyntax.Problem(destination.Host) is { } hostProblem)
        {
            errors.Report(path.Below(nameof(destination.Host)), hostProblem);
        }

        Check(destination.Weight, Weight, path.Below(nameof(destination.Weight)), errors);
        Check(destination.Priority, PriorityRules.Priority, path.Below(nameof(destination.Priority)), errors);
        ValidateMetadata(destination.Metadata, path.Below(nameof(destination.Metadata)), errors);
    }
}
