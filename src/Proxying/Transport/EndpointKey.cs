namespace Net2Secure.Routing.Proxying;

/// <summary>What connections are pooled by. The name for SNI needs no place where it is the host, or one for the whole handler.</summary>
/// <param name="IsTls">Whether the scheme is https.</param>
/// <param name="Host">A name in its ASCII form, or an address without brackets. Lower case.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="IsTunnel">Whether an HTTP proxy on the way is to be tunnelled through even where there is no TLS.</param>
/// <param name="Client">The client whose connections these are, where they tell of it; <see langword="null"/> where they are anybody's.</param>
/// <param name="ServerName">The name of the server, where the host is an address that was found for it.</param>
internal readonly record struct EndpointKey(bool IsTls, string Host, int Port, bool IsTunnel = false, string? ServerName = null, ProxiedClient? Client = null)
{
    public static EndpointKey Of(Uri uri) => new(uri.Scheme == Uri.UriSchemeHttps, uri.IdnHost, uri.Port);

    /// <summary>The value of a <c>Host</c> field for this endpoint (RFC 9112 §3.2): the port is left out where it is the one of the scheme.</summary>
    public string Authority
    {
        get
        {
            var host = Host;
            if (host.Contains(':', StringComparison.Ordinal))
            {
                var zone = host.IndexOf('%', StringComparison.Ordinal);
                host = $"[{(zone < 0 ? host : host[..zone])}]";
            }

            return Port == (IsTls ? 443 : 80) ? host : $"{host}:{Port}";
        }
    }
}
