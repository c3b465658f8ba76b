namespace Net2Secure.Routing.Balancing;

/// <summary>Reads and checks the settings of subsets.</summary>
internal static class SubsetRules
{
    /// <summary>Each doubles the number of combinations that tables are kept for.</summary>
    public const int MostHeaders = 3;

    public static SubsetOptions Read(SectionReader reader) => new()
    {
        FromHeaders = reader.TextMap(nameof(SubsetOptions.FromHeaders)),
        Default = reader.TextMap(nameof(SubsetOptions.Default)),
        Fallback = reader.Word<SubsetFallback>(nameof(SubsetOptions.Fallback)) ?? SubsetFallback.None,
    };

    public static void Validate(SubsetOptions subsets, string path, ICollection<ConfigError> errors)
    {
        var headers = path.Below(nameof(subsets.FromHeaders));
        ClusterOptionsValidator.CheckNotNull(subsets.FromHeaders, headers, errors);
        if (subsets.FromHeaders is { Count: > MostHeaders }) errors.Report(headers, $"has {subsets.FromHeaders.Count} keys: up to {MostHeaders} are allowed.");
        foreach (var (key, header) in subsets.FromHeaders ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            if (string.IsNullOrWhiteSpace(key)) errors.Report(headers, "holds an empty key; a key of the metadata of destinations is expected.");
            else if (header is null || !TokenSyntax.IsToken(header)) errors.Report(headers.Below(key), $"'{header}' is not allowed: the name of a header field is expected.");
        }

        var fallback = path.Below(nameof(subsets.Default));
        ClusterOptionsValidator.CheckNotNull(subsets.Default, fallback, errors);
        if (subsets.Default is { Count: > 0 }) ValidateCriteria(subsets.Default, fallback, errors);
        if (!Enum.IsDefined(subsets.Fallback))
        {
            errors.Report(path.Below(nameof(subsets.Fallback)), $"'{subsets.Fallback}' is not allowed: one of {string.Join(", ", Enum.GetNames<SubsetFallback>())} is expected.");
        }
        else if (subsets is { Fallback: SubsetFallback.Default, Default.Count: 0 })
        {
            errors.Report(path.Below(nameof(subsets.Fallback)), "'Default' needs the setting Default beside it: keys and values of metadata.");
        }
    }

    /// <summary>Checks the keys and values of one subset.</summary>
    public static void ValidateCriteria(IDictionary<string, string> criteria, string path, ICollection<ConfigError> errors)
    {
        if (criteria.Count > DestinationSubset.MostKeys) errors.Report(path, $"has {criteria.Count} keys: up to {DestinationSubset.MostKeys} are allowed.");
        foreach (var (key, value) in criteria)
        {
            if (string.IsNullOrWhiteSpace(key)) errors.Report(path, "holds an empty key; a key of the metadata of destinations is expected.");
            else if (string.IsNullOrEmpty(value)) errors.Report(path.Below(key), "is empty; a value of the metadata of destinations is expected.");
        }
    }
}
