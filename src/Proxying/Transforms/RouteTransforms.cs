namespace Net2Secure.Routing.Proxying;

/// <summary>What a route changes in requests and responses, compiled once per configuration.</summary>
internal sealed class RouteTransforms
{
    /// <summary>Whether the fields of the incoming request are copied before the transforms run.</summary>
    public bool CopyRequestHeaders { get; init; } = true;

    /// <summary>Whether the fields of the response are copied before the transforms run.</summary>
    public bool CopyResponseHeaders { get; init; } = true;

    /// <summary>Whether the trailers of the response are copied before the transforms run.</summary>
    public bool CopyResponseTrailers { get; init; } = true;

    /// <summary>Whether the client's <c>Host</c> is sent on instead of the destination's.</summary>
    public bool UseOriginalHost { get; init; }

    /// <summary>In the order they run.</summary>
    public RequestTransform[] Request { get; init; } = [];

    /// <summary>In the order they run.</summary>
    public ResponseTransform[] Response { get; init; } = [];

    /// <summary>In the order they run.</summary>
    public ResponseTrailersTransform[] ResponseTrailers { get; init; } = [];
}
