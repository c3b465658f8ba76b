using System.ComponentModel.DataAnnotations;

namespace Net2Secure.Routing.Proxying;

/// <summary>What the request guard lets through at most. Read once, when an endpoint starts to listen.</summary>
public sealed class RequestGuardOptions
{
    /// <summary>
    /// Octets of a field section: all field lines with their line ends, without the request line. Above it 431 (RFC 6585 §5). Over HTTP/2 the decoded
    /// size counts. 1 KiB to 512 KiB. Default: 32 KiB.
    /// </summary>
    [Range(1024, 512 * 1024)] public int MaxFieldSectionBytes { get; set; } = 32 * 1024;

    /// <summary>Field lines of a section, header or trailer. Above it 431. 1 to 2,000. Default: 100.</summary>
    [Range(1, 2000)] public int MaxFields { get; set; } = 100;

    /// <summary>Octets of the request target. Above it 414 (RFC 9110 §15.5.15); RFC 9112 §3 asks for 8,000 at least. 256 to 256 KiB. Default: 16 KiB.</summary>
    [Range(256, 256 * 1024)] public int MaxTargetBytes { get; set; } = 16 * 1024;

    /// <summary>Octets of all chunk extensions of one body (RFC 9112 §7.1.1). Above it 400. 0 to 1 MiB. Default: 16 KiB.</summary>
    [Range(0, 1024 * 1024)] public int MaxChunkExtensionBytes { get; set; } = 16 * 1024;

    /// <summary>Octets of the trailer section of one body. Above it 431. 0 to 512 KiB. Default: 16 KiB.</summary>
    [Range(0, 512 * 1024)] public int MaxTrailerSectionBytes { get; set; } = 16 * 1024;
}
