namespace Net2Secure.Routing.Proxying;

/// <summary>Who may come to one host.</summary>
public sealed class HostShieldingOptions
{
    /// <summary>Networks whose clients may come to the host; all others get 403. Default: all.</summary>
    public IList<string> AllowNetworks { get; set; } = [];

    /// <summary>Networks whose clients may not come to the host, even if they are allowed. Default: none.</summary>
    public IList<string> DenyNetworks { get; set; } = [];
}
