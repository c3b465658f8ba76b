using System.IO.Compression;

namespace Net2Secure.Routing.Proxying;

/// <summary>Compression of the responses of a route.</summary>
/// <remarks>Plain data, validated when it is handed in. Applies to full successful answers of media types that shrink; what has been encoded already, ranges and tiny bodies pass as they are.</remarks>
public sealed class CompressionOptions
{
    /// <summary>Switches compression on. Default: <see langword="false"/>.</summary>
    public bool Enabled { get; set; }

    /// <summary>The content codings to offer, by <see cref="ContentCodingNames"/>, the one to prefer first where a client likes several alike. Default: br, gzip.</summary>
    public IList<string> Codings { get; set; } = [];

    /// <summary>Media types to compress: <c>type/subtype</c>, <c>type/*</c>, <c>type/*+suffix</c> or <c>*/*</c>. They stand in place of the default ones. Default: those of <see cref="CompressionDefaults"/>.</summary>
    public IList<string> MimeTypes { get; set; } = [];

    /// <summary>Media types not to compress, in the forms of <see cref="MimeTypes"/>, whatever those say. Default: none.</summary>
    public IList<string> ExcludedMimeTypes { get; set; } = [];

    /// <summary>Bytes from which on a body is worth it. 0 to 1,073,741,824. Default: 1,024.</summary>
    /// <remarks>What fits into the packet that carries the head arrives no sooner for being smaller.</remarks>
    public int MinimumSize { get; set; } = 1024;

    /// <summary>How hard to try. Default: Fastest.</summary>
    /// <remarks><see cref="CompressionLevel.NoCompression"/> is not allowed.</remarks>
    public CompressionLevel Level { get; set; } = CompressionLevel.Fastest;

    /// <summary>Which requests over https get compressed answers. Default: NotCrossSite.</summary>
    public CompressionOverHttps OverHttps { get; set; } = CompressionOverHttps.NotCrossSite;
}
