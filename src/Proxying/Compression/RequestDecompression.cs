using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying;

/// <summary>Decodes request bodies, within bounds. Immutable.</summary>
internal sealed class RequestDecompression(RequestDecompressionOptions options)
{
    /// <summary>The codings that are understood, as <c>Accept-Encoding</c> of an answer says it (RFC 9110 §12.5.3).</summary>
    public const string Accepted = "gzip, br, deflate";

    /// <summary>Most bytes that a body may have decoded.</summary>
    public long MaxSize { get; } = options.MaxSize;

    /// <summary>How many times its size a body may grow by.</summary>
    public int MaxRatio { get; } = options.MaxRatio;

    /// <summary>Reads the coding of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="coding">One of <see cref="ContentCodingNames"/>; <see langword="null"/>: none.</param>
    /// <returns>Whether there is none, or one that is understood.</returns>
    public static bool TryReadCoding(HttpRequest request, out string? coding)
    {
        coding = null;
        var values = request.Headers.ContentEncoding;
        if (values.Count == 0) return true;
        // Codings upon codings are what bombs are made of.
        if (values.Count > 1) return false;
        var value = values[0].AsSpan().Trim(" \t");
        if (value.IsEmpty || value.Equals(AcceptEncoding.Identity, StringComparison.OrdinalIgnoreCase)) return true;
        coding = value switch
        {
            _ when value.Equals(ContentCodingNames.Gzip, StringComparison.OrdinalIgnoreCase) || value.Equals("x-gzip", StringComparison.OrdinalIgnoreCase) => ContentCodingNames.Gzip,
            _ when value.Equals(ContentCodingNames.Brotli, StringComparison.OrdinalIgnoreCase) => ContentCodingNames.Brotli,
            _ when value.Equals(ContentCodingNames.Deflate, StringComparison.OrdinalIgnoreCase) => ContentCodingNames.Deflate,
            _ => null,
        };
        return coding is not null;
    }

    /// <summary>Opens the body of a request decoded, where it is encoded.</summary>
    public PipeReader? Open(HttpRequest request) => TryReadCoding(request, out var coding) && coding is not null ? new DecodedBodyReader(request.BodyReader, coding, this) : null;
}
