namespace Net2Secure.Routing.Proxying;

/// <summary>Who may come to one host.</summary>
public sealed class HostShieldingOptions
{
    /// <summary>Networks whose clients may come; all others get 403. Default: all.</summary>
    public IList<string> AllowNetworks { get; set; } = [];

    /// <summary>Networks whose clients may not come, even if they are allowed. Default: none.</summary>
    public IList<string> DenyNetworks { get; set; } = [];
}
