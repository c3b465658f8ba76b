namespace Net2Secure.Routing.Proxying;

/// <summary>The dashboard of the proxy.</summary>
public sealed class DashboardOptions
{
    /// <summary>Switches the dashboard on. Default: <see langword="false"/>.</summary>
    public bool Enabled { get; set; }

    /// <summary>Path under which it answers: begins with a slash. Default: <c>/_net2</c>.</summary>
    public string Path { get; set; } = "/_net2";
}
