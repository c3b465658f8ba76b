namespace Net2Secure.Routing.Proxying;

/// <summary>What compression does where a route does not say.</summary>
public static class CompressionDefaults
{
    /// <summary>The media types that are compressed: text, and formats that hold their content plainly.</summary>
    public static IReadOnlyList<string> MimeTypes { get; } =
    [
        "text/*", "application/json", "application/*+json", "application/x-ndjson", "application/javascript", "application/x-javascript", "application/ecmascript",
        "application/xml", "application/*+xml", "image/*+xml", "model/*+xml", "application/wasm", "application/sql", "application/graphql", "application/yaml", "application/toml",
        "application/rtf", "application/x-www-form-urlencoded", "application/vnd.ms-fontobject", "font/ttf", "font/otf", "font/collection", "image/bmp", "image/x-icon",
        "image/vnd.microsoft.icon",
    ];

    /// <summary>The content codings that are offered, the preferred one first.</summary>
    public static IReadOnlyList<string> Codings { get; } = [ContentCodingNames.Brotli, ContentCodingNames.Gzip];
}
