namespace Net2Secure.Routing.Proxying;

/// <summary>The dashboard of the proxy. What is read here is read when the application starts.</summary>
public sealed class DashboardOptions
{
    /// <summary>Switches the dashboard on. Default: what the host says; the console host says yes, other applications no.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Path under which it answers: begins with a slash. Default: <c>/_net2</c>.</summary>
    public string Path { get; set; } = "/_net2";

    /// <summary>Name of the authorization policy that a request has to satisfy, or <c>Default</c>. Default: none, and only this machine is answered.</summary>
    public string? AuthorizationPolicy { get; set; }
}
