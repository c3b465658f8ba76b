namespace Net2Secure.Routing.Proxying;

/// <summary>Changes the trailer fields of a response (RFC 9110 §6.5).</summary>
/// <remarks>One instance serves all requests of a route, many at once. Called only where trailers can be sent to the client.</remarks>
public abstract class ResponseTrailersTransform
{
    /// <summary>Makes the change. Return a completed task where nothing has to be waited for.</summary>
    public abstract ValueTask ApplyAsync(ResponseTrailersTransformContext context);
}
