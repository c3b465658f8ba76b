using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads and checks the settings of a route's decompression of requests.</summary>
internal static class RequestDecompressionRules
{
    public static readonly NumberRange MaxSize = new(1, 1L << 40);
    public static readonly NumberRange MaxRatio = new(2, 100_000);

    public static RequestDecompressionOptions Read(SectionReader reader) => new()
    {
        Enabled = reader.Boolean(nameof(RequestDecompressionOptions.Enabled)) ?? false,
        MaxSize = reader.Long(nameof(RequestDecompressionOptions.MaxSize), MaxSize) ?? 8 * 1024 * 1024,
        MaxRatio = reader.Integer(nameof(RequestDecompressionOptions.MaxRatio), MaxRatio) ?? 100,
    };

    public static void Validate(RequestDecompressionOptions options, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.Check(options.MaxSize, MaxSize, path.Below(nameof(options.MaxSize)), errors);
        ClusterOptionsValidator.Check(options.MaxRatio, MaxRatio, path.Below(nameof(options.MaxRatio)), errors);
    }
}
