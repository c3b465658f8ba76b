using System.Globalization;

namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of hashing.</summary>
internal static class HashingRules
{
    public const int DefaultPointsPerWeight = 160;
    public const int DefaultTableSize = 65_537;

    /// <summary>Most places where a key is looked for: each is a search through the request.</summary>
    public const int MaxKeys = 8;

    public static readonly string[] Policies = [LoadBalancingPolicyNames.RingHash, LoadBalancingPolicyNames.Maglev, LoadBalancingPolicyNames.Rendezvous];

    // Below 105 a key's request would often have to look at dozens of destinations to find one with room.
    private static readonly NumberRange MaxLoadPercent = new(105, 10_000);
    private static readonly NumberRange PointsPerWeight = new(10, 10_000);
    private static readonly NumberRange TableSize = new(101, 1_048_573);

    public static HashingOptions Read(SectionReader reader) => new()
    {
        Key = reader.List(nameof(HashingOptions.Key), static key => new HashKeyOptions
        {
            Source = key.Word<HashKeySource>(nameof(HashKeyOptions.Source)),
            Name = key.Text(nameof(HashKeyOptions.Name)),
        }),
        MaxLoadPercent = reader.Integer(nameof(HashingOptions.MaxLoadPercent), MaxLoadPercent),
        PointsPerWeight = reader.Integer(nameof(HashingOptions.PointsPerWeight), PointsPerWeight) ?? DefaultPointsPerWeight,
        TableSize = reader.Integer(nameof(HashingOptions.TableSize), TableSize) ?? DefaultTableSize,
    };

    public static void Validate(ClusterOptions cluster, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        var hashing = cluster.Hashing ?? new HashingOptions();
        path = path.Below(nameof(cluster.Hashing));
        ClusterOptionsValidator.CheckNotNull(hashing.Key, path.Below(nameof(hashing.Key)), errors);
        ValidateKeys(hashing.Key ?? [], path.Below(nameof(hashing.Key)), errors);
        ClusterOptionsValidator.Check(hashing.MaxLoadPercent, MaxLoadPercent, path.Below(nameof(hashing.MaxLoadPercent)), errors);
        ClusterOptionsValidator.Check(hashing.PointsPerWeight, PointsPerWeight, path.Below(nameof(hashing.PointsPerWeight)), errors);
        ValidateTableSize(cluster, hashing.TableSize, path.Below(nameof(hashing.TableSize)), errors);
        if (cluster.Hashing is not null && !Policies.Contains(LoadBalancingPolicyCatalog.NameOf(cluster), StringComparer.OrdinalIgnoreCase))
            notices.Report(path, $"has an effect with the load balancing policies {string.Join(", ", Policies)} only");
    }

    private static void ValidateKeys(IList<HashKeyOptions> keys, string path, ICollection<ConfigError> errors)
    {
        if (keys.Count > MaxKeys) errors.Report(path, string.Create(CultureInfo.InvariantCulture, $"has {keys.Count} entries: up to {MaxKeys} are allowed."));
        for (var i = 0; i < keys.Count; i++)
        {
            var at = path.Below(i.ToString(CultureInfo.InvariantCulture));
            if (keys[i] is { } key) Validate(key, at, errors);
            else errors.Report(at, "is null; a Source is expected.");
        }
    }

    private static void Validate(HashKeyOptions key, string path, ICollection<ConfigError> errors)
    {
        if (key.Source is not { } source || !Enum.IsDefined(source))
        {
            errors.Report(path.Below(nameof(key.Source)), $"is required: one of {string.Join(", ", Enum.GetNames<HashKeySource>())}.");
            return;
        }

        path = path.Below(nameof(key.Name));
        var needsName = source is HashKeySource.Header or HashKeySource.Cookie or HashKeySource.QueryParameter;
        if (!needsName)
        {
            if (!string.IsNullOrEmpty(key.Name)) errors.Report(path, $"'{key.Name}' is not allowed: {source} has no name.");
        }
        else if (string.IsNullOrEmpty(key.Name))
        {
            errors.Report(path, $"is required: the name of the {source}.");
        }
        else if (source != HashKeySource.QueryParameter && !TokenSyntax.IsToken(key.Name))
        {
            errors.Report(path, $"'{key.Name}' is not allowed: the name of a cookie or header is letters, digits, and any of !#$%&'*+-.^_`|~.");
        }
    }

    private static void ValidateTableSize(ClusterOptions cluster, int size, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(size, TableSize, path, errors);
        if (!TableSize.Contains(size)) return;
        if (!IsPrime(size))
        {
            errors.Report(path, string.Create(CultureInfo.InvariantCulture, $"'{size}' is not allowed: a prime is expected, such as {PrimeFrom(size)}."));
        }
        else if (cluster.Destinations?.Count > size)
        {
            errors.Report(path, string.Create(
                CultureInfo.InvariantCulture, $"'{size}' is not allowed: {cluster.Destinations.Count} destinations need as many places, and a hundred times as many to share evenly."));
        }
    }

    private static int PrimeFrom(int number)
    {
        while (!IsPrime(number)) number = number < TableSize.Max ? number + 1 : (int)TableSize.Max;
        return number;
    }

    private static bool IsPrime(int number)
    {
        if (number % 2 == 0) return number == 2;
        for (var divisor = 3; divisor * divisor <= number; divisor += 2)
        {
            if (number % divisor == 0) return false;
        }

        return number > 1;
    }
}
