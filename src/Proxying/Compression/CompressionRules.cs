using System.Globalization;
using System.IO.Compression;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads and checks the settings of a route's compression.</summary>
internal static class CompressionRules
{
    public static readonly NumberRange MinimumSize = new(0, 1 << 30);

    private static readonly string[] Codings = [ContentCodingNames.Brotli, ContentCodingNames.Gzip];
    private static readonly string[] Levels = [nameof(CompressionLevel.Fastest), nameof(CompressionLevel.Optimal), nameof(CompressionLevel.SmallestSize)];

    public static CompressionOptions Read(SectionReader reader) => new()
    {
        Enabled = reader.Boolean(nameof(CompressionOptions.Enabled)) ?? false,
        Codings = [.. reader.Words(nameof(CompressionOptions.Codings), Codings) ?? []],
        MimeTypes = reader.Texts(nameof(CompressionOptions.MimeTypes)),
        ExcludedMimeTypes = reader.Texts(nameof(CompressionOptions.ExcludedMimeTypes)),
        MinimumSize = reader.Integer(nameof(CompressionOptions.MinimumSize), MinimumSize) ?? 1024,
        Level = reader.Word(nameof(CompressionOptions.Level), Levels) is { } level ? Enum.Parse<CompressionLevel>(level) : CompressionLevel.Fastest,
        OverHttps = reader.Word<CompressionOverHttps>(nameof(CompressionOptions.OverHttps)) ?? CompressionOverHttps.NotCrossSite,
    };

    public static void Validate(CompressionOptions options, string path, ICollection<ConfigError> errors)
    {
        ValidateCodings(options.Codings, path.Below(nameof(options.Codings)), errors);
        ValidateTypes(options.MimeTypes, path.Below(nameof(options.MimeTypes)), errors);
        ValidateTypes(options.ExcludedMimeTypes, path.Below(nameof(options.ExcludedMimeTypes)), errors);
        ClusterOptionsValidator.Check(options.MinimumSize, MinimumSize, path.Below(nameof(options.MinimumSize)), errors);
        if (!Levels.Contains(options.Level.ToString()))
        {
            errors.Report(path.Below(nameof(options.Level)), $"'{options.Level}' is not allowed: one of {string.Join(", ", Levels)} is expected. To compress nothing, set Enabled to false.");
        }

        if (!Enum.IsDefined(options.OverHttps))
        {
            errors.Report(path.Below(nameof(options.OverHttps)), $"'{options.OverHttps}' is not allowed: one of {string.Join(", ", Enum.GetNames<CompressionOverHttps>())} is expected.");
        }
    }

    private static void ValidateCodings(IList<string> codings, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.CheckNotNull(codings, path, errors);
        if (codings is null) return;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < codings.Count; i++)
        {
            var at = path.Below(i.ToString(CultureInfo.InvariantCulture));
            if (!Codings.Contains(codings[i], StringComparer.OrdinalIgnoreCase)) errors.Report(at, $"'{codings[i]}' is not allowed: one of {string.Join(", ", Codings)} is expected.");
            else if (!names.Add(codings[i])) errors.Report(at, $"'{codings[i]}' is there twice: once is enough.");
        }
    }

    private static void ValidateTypes(IList<string> types, string path, ICollection<ConfigError> errors)
    {
        ClusterOptionsValidator.CheckNotNull(types, path, errors);
        if (types is null) return;
        for (var i = 0; i < types.Count; i++)
        {
            if (!MediaTypeList.IsAllowed(types[i]))
            {
                errors.Report(
                    path.Below(i.ToString(CultureInfo.InvariantCulture)), $"'{types[i]}' is not allowed: a media type is expected, such as text/html, text/*, application/*+json or */*.");
            }
        }
    }
}
