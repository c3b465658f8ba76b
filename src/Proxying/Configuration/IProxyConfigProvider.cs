namespace Net2Secure.Routing.Proxying;

/// <summary>A source of routes and clusters: a file, a database, a discovery service. Several may be registered; what they say is joined.</summary>
/// <remarks>
/// <see cref="GetConfig"/> is called at start and each time the change token of the last answer fires; from one thread at a time. It should answer from memory: load first,
/// then signal. If it throws at start, the application does not start; if it throws later, the error is logged, and the last good configuration keeps serving.
/// </remarks>
public interface IProxyConfigProvider
{
    /// <summary>The configuration of this moment.</summary>
    IProxyConfig GetConfig();
}
