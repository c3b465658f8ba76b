namespace Net2Secure.Routing.Proxying;

/// <summary>Changes a request before it is sent.</summary>
/// <remarks>One instance serves all requests of a route, many at once. Runs before a destination is picked. An exception from it fails the request with 500.</remarks>
public abstract class RequestTransform
{
    /// <summary>Makes the change. Return a completed task where nothing has to be waited for.</summary>
    public abstract ValueTask ApplyAsync(RequestTransformContext context);
}
