namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of mirroring.</summary>
internal static class MirrorRules
{
    public const string DefaultHeader = "X-Net2-Mirror";
    public const string NoHeader = "off";

    public static readonly NumberRange Percent = new(0, 100);
    public static readonly NumberRange MaxBodyBytes = new(0, 16 * 1024 * 1024);
    public static readonly DurationRange Timeout = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10));
    public static readonly NumberRange MaxConcurrent = new(1, 10_000);

    /// <summary>Fields by which a message is framed or found: none of them can mark a copy.</summary>
    private static readonly string[] Reserved = ["Host", "Connection", "Content-Length", "Transfer-Encoding", "Upgrade", "TE", "Trailer", "Expect", "Keep-Alive"];

    public static MirrorOptions Read(SectionReader reader) => new()
    {
        ClusterId = reader.Text(nameof(MirrorOptions.ClusterId)) ?? "",
        Percent = reader.Integer(nameof(MirrorOptions.Percent), Percent),
        MaxBodyBytes = reader.Integer(nameof(MirrorOptions.MaxBodyBytes), MaxBodyBytes),
        Timeout = reader.Duration(nameof(MirrorOptions.Timeout), Timeout),
        MaxConcurrent = reader.Integer(nameof(MirrorOptions.MaxConcurrent), MaxConcurrent),
        MirrorNonIdempotent = reader.Boolean(nameof(MirrorOptions.MirrorNonIdempotent)) ?? false,
        Header = reader.Text(nameof(MirrorOptions.Header)),
    };

    public static void Validate(MirrorOptions mirror, string path, ICollection<ConfigError> errors)
    {
        if (string.IsNullOrWhiteSpace(mirror.ClusterId)) errors.Report(path.Below(nameof(mirror.ClusterId)), "is required: the name of the cluster that gets the copies.");
        ClusterOptionsValidator.Check(mirror.Percent, Percent, path.Below(nameof(mirror.Percent)), errors);
        ClusterOptionsValidator.Check(mirror.MaxBodyBytes, MaxBodyBytes, path.Below(nameof(mirror.MaxBodyBytes)), errors);
        ClusterOptionsValidator.Check(mirror.Timeout, Timeout, path.Below(nameof(mirror.Timeout)), errors);
        ClusterOptionsValidator.Check(mirror.MaxConcurrent, MaxConcurrent, path.Below(nameof(mirror.MaxConcurrent)), errors);
        if (mirror.Header is { Length: > 0 } header && (!TokenSyntax.IsToken(header) || Reserved.Contains(header, StringComparer.OrdinalIgnoreCase)))
        {
            errors.Report(path.Below(nameof(mirror.Header)), $"'{header}' is not allowed: a field name of RFC 9110 §5.1 is expected that means nothing else, such as {DefaultHeader}, or {NoHeader}.");
        }
    }

    /// <summary>Checks that the clusters which get copies are there, and that no copies would go round in a circle.</summary>
    /// <param name="checkedIds">The clusters that are being described.</param>
    /// <param name="targets">Whom each cluster that there will be sends copies to; <see langword="null"/> for nobody.</param>
    /// <param name="path">Where the clusters are described.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static void CheckTargets(IEnumerable<string> checkedIds, IReadOnlyDictionary<string, string?> targets, string path, ICollection<ConfigError> errors)
    {
        foreach (var id in checkedIds)
        {
            if (targets.GetValueOrDefault(id) is not { Length: > 0 } target) continue;
            var at = path.Below(id).Below(nameof(ClusterOptions.Mirror)).Below(nameof(MirrorOptions.ClusterId));
            if (!targets.ContainsKey(target)) errors.Report(at, $"'{target}' is not a cluster. {NearestName.Remedy(target, [.. targets.Keys])}");
            else if (CircleFrom(id, targets) is { } circle) errors.Report(at, $"'{target}' is not allowed: copies would go round in a circle, {circle}. Give the copies a cluster that sends none back.");
        }
    }

    private static string? CircleFrom(string id, IReadOnlyDictionary<string, string?> targets)
    {
        var way = new List<string> { id };
        for (var next = targets[id]; next is not null && targets.TryGetValue(next, out var further); next = further)
        {
            way.Add(next);
            if (string.Equals(next, id, StringComparison.OrdinalIgnoreCase)) return string.Join(" to ", way);
            if (way.Count > targets.Count) return null; // a circle further on, which those in it are told of
        }

        return null;
    }
}
