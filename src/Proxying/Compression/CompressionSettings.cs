using System.IO.Compression;
using System.Net.Http.Headers;
using Net2Secure.Routing.Balancing;

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
    public string? Choose(HttpRequestMessage request)
    {
        var fields = request.Headers.NonValidated;
        if (!fields.TryGetValues("Accept-Encoding", out var accepted)) return null;
        // Ranges are always of what is not encoded: a client that puts parts together gets parts of the same, from the store or from the origin.
        if (fields.Contains("Range") || RefusesTransformation(fields)) return null;
        return AcceptEncoding.Choose(Joined(accepted), _codings) is { } coding && !IsAtRisk(request, fields) ? coding : null;
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
    public static bool RefusesTransformation(in HttpHeadersNonValidated fields)
    {
        if (!fields.TryGetValues("Cache-Control", out var values)) return false;
        foreach (var value in values)
        {
            if (value.Contains("no-transform", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static string Joined(in HeaderStringValues values) => values.Count == 1 ? values.ToString() : string.Join(',', values);

    private bool IsAtRisk(HttpRequestMessage request, in HttpHeadersNonValidated fields) => _overHttps switch
    {
        CompressionOverHttps.Never => request is RoutedRequestMessage { IsClientSecure: true },
        // Browsers send these fields to secure origins alone, whoever terminates TLS in front of this proxy. Following a link is the user's doing, and cannot be done a thousand times unnoticed.
        CompressionOverHttps.NotCrossSite => fields.TryGetValues("Sec-Fetch-Site", out var site) && site.ToString().Equals("cross-site", StringComparison.OrdinalIgnoreCase)
            && !fields.Contains("Sec-Fetch-User") && (fields.Contains("Cookie") || fields.Contains("Authorization")),
        _ => false,
    };
}
