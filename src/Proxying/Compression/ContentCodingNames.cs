namespace Net2Secure.Routing.Proxying;

/// <summary>Names of the content codings that there are (RFC 9110 §8.4.1), matched without regard to case.</summary>
public static class ContentCodingNames
{
    /// <summary>Brotli (RFC 7932): smaller than gzip for text at the same level, for up to twice the time at the fastest one. Every browser of today has it, over https.</summary>
    public const string Brotli = "br";

    /// <summary>gzip (RFC 1952): what everybody understands, with a checksum.</summary>
    public const string Gzip = "gzip";

    /// <summary>zlib (RFC 1950): of requests only, as clients do not agree on what it is.</summary>
    public const string Deflate = "deflate";
}
