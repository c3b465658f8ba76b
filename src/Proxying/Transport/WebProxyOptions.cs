namespace Net2Secure.Routing.Proxying;

/// <summary>An HTTP proxy between this proxy and the destinations.</summary>
public sealed record WebProxyOptions
{
    /// <summary>Address of the proxy: an absolute <c>http</c> or <c>https</c> URL. Required.</summary>
    public Uri? Address { get; set; }

    /// <summary>Goes directly to local addresses. Default: <see langword="false"/>.</summary>
    public bool? BypassOnLocal { get; set; }

    /// <summary>Sends the credentials of the process's user. Default: <see langword="false"/>.</summary>
    public bool? UseDefaultCredentials { get; set; }
}
