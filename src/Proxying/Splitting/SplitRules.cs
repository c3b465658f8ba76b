using System.Globalization;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads and checks the settings of a split.</summary>
internal static class SplitRules
{
    public const int MostClusters = 16;
    public static readonly NumberRange Weight = new(0, 65_535);
    public static readonly DurationRange CookieLifetime = new(TimeSpan.FromMinutes(1), TimeSpan.FromDays(400));

    public static SplitOptions Read(SectionReader reader) => new()
    {
        Clusters = reader.List(nameof(SplitOptions.Clusters), static side => new SplitClusterOptions
        {
            ClusterId = side.Text(nameof(SplitClusterOptions.ClusterId)) ?? "",
            Weight = side.Integer(nameof(SplitClusterOptions.Weight), Weight) ?? 1,
        }),
        StickBy = reader.Word<SplitKey>(nameof(SplitOptions.StickBy)) ?? SplitKey.Cookie,
        KeyName = reader.Text(nameof(SplitOptions.KeyName)),
        CookieLifetime = reader.Duration(nameof(SplitOptions.CookieLifetime), CookieLifetime),
        Fallback = reader.Word<SplitFallback>(nameof(SplitOptions.Fallback)) ?? SplitFallback.OtherClusters,
    };

    public static void Validate(SplitOptions split, string path, ICollection<ConfigError> errors)
    {
        ValidateClusters(split, path.Below(nameof(split.Clusters)), errors);
        var keyName = path.Below(nameof(split.KeyName));
        if (!Enum.IsDefined(split.StickBy))
        {
            errors.Report(path.Below(nameof(split.StickBy)), $"'{split.StickBy}' is not allowed: one of {string.Join(", ", Enum.GetNames<SplitKey>())} is expected.");
        }
        else if (!string.IsNullOrEmpty(split.KeyName))
        {
            if (split.StickBy is SplitKey.ClientAddress or SplitKey.None) errors.Report(keyName, $"'{split.KeyName}' has no meaning with StickBy {split.StickBy}: leave it out.");
            else if (!TokenSyntax.IsToken(split.KeyName)) errors.Report(keyName, $"'{split.KeyName}' is not allowed: the name of a cookie or header field is expected.");
        }
        else if (split.StickBy == SplitKey.Header)
        {
            errors.Report(keyName, "is required with StickBy Header: the name of the header field.");
        }

        var lifetime = path.Below(nameof(split.CookieLifetime));
        ClusterOptionsValidator.Check(split.CookieLifetime, CookieLifetime, lifetime, errors);
        if (split.CookieLifetime is { } value && split.StickBy != SplitKey.Cookie) errors.Report(lifetime, $"'{value:c}' has no meaning with StickBy {split.StickBy}: leave it out.");
        if (!Enum.IsDefined(split.Fallback))
        {
            errors.Report(path.Below(nameof(split.Fallback)), $"'{split.Fallback}' is not allowed: one of {string.Join(", ", Enum.GetNames<SplitFallback>())} is expected.");
        }
    }

    private static void ValidateClusters(SplitOptions split, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.CheckNotNull(split.Clusters, path, errors);
        if (split.Clusters is null) return;
        if (split.Clusters.Count is < 2 or > MostClusters)
        {
            errors.Report(path, $"has {split.Clusters.Count} clusters: 2 to {MostClusters} are expected. For one, write ClusterId of the route instead.");
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var total = split.Clusters.Sum(c => (long)Math.Max(0, c?.Weight ?? 0));
        for (var i = 0; i < split.Clusters.Count; i++)
        {
            var (side, below) = (split.Clusters[i], path.Below(i.ToString(CultureInfo.InvariantCulture)));
            ClusterOptionsValidator.CheckNotNull(side, below, errors);
            if (side is null) continue;
            if (string.IsNullOrEmpty(side.ClusterId)) errors.Report(below.Below(nameof(side.ClusterId)), "is required: the name of the cluster.");
            else if (!names.Add(side.ClusterId)) errors.Report(below.Below(nameof(side.ClusterId)), $"'{side.ClusterId}' is there twice: give it one weight.");
            var weight = below.Below(nameof(side.Weight));
            ClusterOptionsValidator.Check(side.Weight, Weight, weight, errors);
            if (side.Weight > 0 && side.Weight * (long)SplitBuckets.Count < total)
            {
                errors.Report(weight, $"'{side.Weight}' of {total} is less than one in {SplitBuckets.Count}, which is as finely as users are told apart: make it 0 or more.");
            }
        }

        if (total == 0 && split.Clusters.Count > 0) errors.Report(path, "has no weight above 0: nobody would be sent anywhere.");
    }
}
