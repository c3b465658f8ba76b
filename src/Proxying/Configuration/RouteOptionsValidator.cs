using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Checks a route by itself. Its transforms are judged by what compiles them.</summary>
internal static class RouteOptionsValidator
{
    public static readonly NumberRange Order = new(int.MinValue, int.MaxValue);
    public static readonly NumberRange MaxRequestBodySize = new(-1, long.MaxValue);
    public static readonly DurationRange Timeout = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));

    public static void Validate(RouteOptions route, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        if (route.Split is { } split)
        {
            SplitRules.Validate(split, path.Below(nameof(route.Split)), errors);
            if (!string.IsNullOrEmpty(route.ClusterId))
            {
                errors.Report(path.Below(nameof(route.ClusterId)), $"'{route.ClusterId}' stands beside Split, which names the clusters: only one of them may be set.");
            }
        }
        else if (string.IsNullOrEmpty(route.ClusterId))
        {
            errors.Report(path.Below(nameof(route.ClusterId)), "is required: the name of the cluster that answers.");
        }

        ClusterOptionsValidator.CheckNotNull(route.Subset, path.Below(nameof(route.Subset)), errors);
        if (route.Subset is { Count: > 0 }) SubsetRules.ValidateCriteria(route.Subset, path.Below(nameof(route.Subset)), errors);

        RouteMatchValidator.Validate(route.Match, path.Below(nameof(route.Match)), errors);
        ClusterOptionsValidator.Check(route.Timeout, Timeout, path.Below(nameof(route.Timeout)), errors);
        ClusterOptionsValidator.Check(route.MaxRequestBodySize, MaxRequestBodySize, path.Below(nameof(route.MaxRequestBodySize)), errors);
        if (route.Timeout is not null && !string.IsNullOrEmpty(route.TimeoutPolicy))
        {
            errors.Report(path.Below(nameof(route.TimeoutPolicy)), $"'{route.TimeoutPolicy}' stands beside Timeout, '{route.Timeout:c}': only one of them may be set.");
        }

        if (route.ResponseCache is { } cache)
        {
            ResponseCacheRules.Validate(cache, path.Below(nameof(route.ResponseCache)), errors);
        }

        if (route.Compression is { } compression) CompressionRules.Validate(compression, path.Below(nameof(route.Compression)), errors);
        if (route.RequestDecompression is { } decompression) RequestDecompressionRules.Validate(decompression, path.Below(nameof(route.RequestDecompression)), errors);

        Shielding.NetworkSet.Validate(route.AllowNetworks, path.Below(nameof(route.AllowNetworks)), errors);
        Shielding.NetworkSet.Validate(route.DenyNetworks, path.Below(nameof(route.DenyNetworks)), errors);
        ClusterOptionsValidator.CheckNotNull(route.Transforms, path.Below(nameof(route.Transforms)), errors);
        ClusterOptionsValidator.ValidateMetadata(route.Metadata, path.Below(nameof(route.Metadata)), errors);
    }
}
