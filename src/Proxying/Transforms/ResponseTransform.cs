namespace Net2Secure.Routing.Proxying;

/// <summary>Changes the status and the fields of a response before they are sent to the client.</summary>
/// <remarks>One instance serves all requests of a route, many at once. Also called with no response when none came and the proxy answers itself.</remarks>
public abstract class ResponseTransform
{
    /// <summary>Makes the change. Return a completed task where nothing has to be waited for.</summary>
    public abstract ValueTask ApplyAsync(ResponseTransformContext context);
}
