using System.IO.Compression;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying;

/// <summary>What requests of a route need to know of its compression. Immutable.</summary>
internal sealed class CompressionSettings
{
    private readonly string[] _codings;
    private readonly MediaTypeList _types;
    private readonly MediaTypeList _excluded;
    private readonly CompressionLevel _level;
    private readonly CompressionOverHttps _overHttps;

    public CompressionSettings(CompressionOptions options)
    {
        IEnumerable<string> codings = options.Codings.Count > 0 ? options.Codings : CompressionDefaults.Codings;
        _codings = [.. codings.Select(static c => c.ToLowerInvariant())];
        _types = new MediaTypeList(options.MimeTypes.Count > 0 ? options.MimeTypes : CompressionDefaults.MimeTypes);
        _excluded = new MediaTypeList(options.ExcludedMimeTypes);
        MinimumSize = options.MinimumSize;
        _level = options.Level;
        _overHttps = options.OverHttps;
    }

    /// <summary>Bytes from which on a body is compressed.</summary>
    public int MinimumSize { get; }

    /// <summary>The coding for the answer to a request; <see langword="null"/>: none.</summary>
    public string? Choose(HttpRequestMessage request) => Choose(new FieldView(request), request is RoutedRequestMessage { IsClientSecure: true });

    /// <summary>The coding for the answer to a request with these fields; <see langword="null"/>: none.</summary>
    /// <param name="fields">The fields of the request.</param>
    /// <param name="isSecure">Whether it came over a secure connection.</param>
    public string? Choose(in FieldView fields, bool isSecure)
    {
        if (fields.Joined(FieldNames.AcceptEncoding) is not { } accepted) return null;
        // Ranges are always of what is not encoded: a client that puts parts together gets parts of the same, from the store or from the origin.
        if (fields.Contains(FieldNames.Range) || RefusesTransformation(fields)) return null;
        return AcceptEncoding.Choose(accepted, _codings) is { } coding && !IsAtRisk(fields, isSecure) ? coding : null;
    }

    /// <summary>Whether a media type is one to compress.</summary>
    /// <param name="contentType">The value of <c>Content-Type</c>, with or without parameters.</param>
    public bool Includes(ReadOnlySpan<char> contentType)
    {
        var semicolon = contentType.IndexOf(';');
        var type = (semicolon < 0 ? contentType : contentType[..semicolon]).Trim(" \t");
        // gRPC compresses its messages itself, and its clients know no coding of the whole.
        return !type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) && _types.Contains(type) && !_excluded.Contains(type);
    }

    /// <summary>Makes an encoder; disposed by whoever asked for it.</summary>
    public ContentEncoder CreateEncoder(string coding) => coding == ContentCodingNames.Brotli ? new BrotliContentEncoder(_level) : new GzipContentEncoder(_level);

    /// <summary>Whether fields say <c>no-transform</c> (RFC 9111 §5.2.1.6, §5.2.2.6). It is as good as said when it stands in a value of something else: then too little is done, not too much.</summary>
    public static bool RefusesTransformation(in FieldView fields) =>
        fields.Joined(FieldNames.CacheControl) is { } control && control.Contains("no-transform", StringComparison.OrdinalIgnoreCase);

    private bool IsAtRisk(in FieldView fields, bool isSecure) => _overHttps switch
    {
        CompressionOverHttps.Never => isSecure,
        // Browsers send these fields to secure origins alone, whoever terminates TLS in front of this proxy. Following a link is the user's doing, and cannot be done a thousand times unnoticed.
        CompressionOverHttps.NotCrossSite => fields.First("Sec-Fetch-Site") is { } site && site.Equals("cross-site", StringComparison.OrdinalIgnoreCase)
            && !fields.Contains("Sec-Fetch-User") && (fields.Contains("Cookie") || fields.Contains(FieldNames.Authorization)),
        _ => false,
    };
}
