namespace Net2Secure.Routing.Proxying;

/// <summary>Decompression of the request bodies of a route, for destinations that cannot do it.</summary>
/// <remarks>
/// Plain data, validated when it is handed in. Bodies in gzip, br or deflate, by <c>Content-Encoding</c>, reach the destination decoded, without that field, <c>Content-Length</c> and digests. Any other
/// coding, and more than one, is answered with 415, what is malformed or cut short with 400, what is beyond a bound with 413.
/// </remarks>
public sealed class RequestDecompressionOptions
{
    /// <summary>Switches decompression on. Default: <see langword="false"/>, bodies pass as they are.</summary>
    public bool Enabled { get; set; }

    /// <summary>Most bytes that a body may have decoded. 1 to 1,099,511,627,776. Default: 8,388,608.</summary>
    /// <remarks>What it may have as it comes is the route's <see cref="RouteOptions.MaxRequestBodySize"/>.</remarks>
    public long MaxSize { get; set; } = 8 * 1024 * 1024;

    /// <summary>How many times its size a body may grow by, looked at beyond 64 KiB decoded. 2 to 100,000. Default: 100.</summary>
    /// <remarks>Text grows by 3 to 20 times, repetitive logs by 50; a bomb by a thousand (gzip) or a million (br).</remarks>
    public int MaxRatio { get; set; } = 100;
}
