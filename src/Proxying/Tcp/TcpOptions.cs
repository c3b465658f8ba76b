namespace Net2Secure.Routing.Proxying;

/// <summary>Ports that are passed through. Section <c>Net2Proxy:Tcp</c>, whose keys are their names.</summary>
public sealed class TcpOptions
{
    /// <summary>The ports by name. Default: none.</summary>
    public IDictionary<string, TcpListenerOptions> Listeners { get; set; } = new Dictionary<string, TcpListenerOptions>(StringComparer.OrdinalIgnoreCase);
}
