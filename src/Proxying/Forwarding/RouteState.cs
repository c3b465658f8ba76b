using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.ResponseCaching;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>All that a request needs to know of the route it took and of the cluster behind it. Immutable: one per route and configuration.</summary>
internal sealed class RouteState
{
    public required string RouteId { get; init; }

    public required RouteTransforms Transforms { get; init; }

    /// <summary>The way to the cluster; <see langword="null"/> when there is none, which answers 503.</summary>
    public required HttpMessageInvoker? Pipeline { get; init; }

    /// <summary>Answers what needs no pipeline; <see langword="null"/>: nothing does.</summary>
    public HitResponder? Hits { get; init; }

    public required Cluster? Cluster { get; init; }

    public required ForwardingOptions Forwarding { get; init; }

    /// <summary>The <c>Via</c> member of requests over HTTP/1.1; <see langword="null"/> for none.</summary>
    public required string? Via { get; init; }

    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromSeconds(100);

    public TimeSpan? TotalTimeout { get; init; }

    public Version Version { get; init; } = System.Net.HttpVersion.Version20;

    public HttpVersionPolicy VersionPolicy { get; init; } = HttpVersionPolicy.RequestVersionOrLower;

    public bool AllowResponseBuffering { get; init; }

    /// <summary>The destinations of the cluster that may answer; <see langword="null"/> for any.</summary>
    public DestinationSubset? Subset { get; init; }

    /// <summary>Whether load that destinations report is between them and this proxy: the fields are not passed on.</summary>
    public bool HidesReportedLoad { get; init; }

    /// <summary>What decodes request bodies; <see langword="null"/>: they pass as they are.</summary>
    public RequestDecompression? Decompression { get; init; }

    /// <summary>Whose requests the route serves; <see langword="null"/>: everybody's.</summary>
    public Shielding.NetworkRule? Networks { get; init; }

    /// <summary>Whether the proxy's own answers carry <c>Proxy-Status</c>.</summary>
    public bool ProxyStatus { get; init; }

    /// <summary>Whether an upgrade goes to the destination as an HTTP/2 extended CONNECT (RFC 8441): only where HTTP/2 is demanded, not merely hoped for.</summary>
    public bool UpgradesOverHttp2 => Version.Major >= 2 && VersionPolicy != HttpVersionPolicy.RequestVersionOrLower;
}
