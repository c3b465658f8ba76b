namespace Net2Secure.Routing.Proxying;

/// <summary>Whom the proxy trusts and whom it lets in, and what it hides. Section <c>Net2Proxy:Shielding</c>; counts for the whole proxy and follows reloads.</summary>
public sealed class ShieldingOptions
{
    /// <summary>
    /// Networks of proxies in front of this one. From a peer in one of them <c>X-Forwarded-*</c> is believed: it is kept and appended to, and the client's address and scheme are taken
    /// from it. From everybody else it is replaced. Networks such as <c>10.0.0.0/8</c>, or addresses. Default: none.
    /// </summary>
    public IList<string> TrustedProxies { get; set; } = [];

    /// <summary>The field from which the client's address is read. Only one is believed: a proxy that writes the one may pass on whatever a client sent as the other. Default: <c>XForwarded</c>.</summary>
    public ClientAddressField ClientAddressFrom { get; set; }

    /// <summary>PROXY protocol, version 1 or 2, at the beginning of connections from <see cref="TrustedProxies"/>; from others it is never read. Default: <c>Off</c>.</summary>
    public ProxyProtocolMode ProxyProtocol { get; set; }

    /// <summary>Networks whose clients may come; all others get 403, or no connection where that is known before there is a request. Default: all.</summary>
    public IList<string> AllowNetworks { get; set; } = [];

    /// <summary>Networks whose clients may not come, even if they are allowed. Default: none.</summary>
    public IList<string> DenyNetworks { get; set; } = [];

    /// <summary>Networks for single hosts, by name as clients ask for it, without port; beside those for all. Default: none.</summary>
    public IDictionary<string, HostShieldingOptions> Hosts { get; set; } = new Dictionary<string, HostShieldingOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Most connections that one client address may have open at once; further ones are closed. IPv6 counts by /64. 1 to 1,000,000. Default: no limit.</summary>
    /// <remarks>Trusted proxies, which carry many clients, are not counted.</remarks>
    public int? MaxConnectionsPerAddress { get; set; }

    /// <summary>Requests that one client address may make each second; above it 429 with <c>Retry-After</c>. IPv6 counts by /64. 1 to 1,000,000. Default: no limit.</summary>
    public int? RequestsPerSecondPerAddress { get; set; }

    /// <summary>Requests that an address may make at once after it has been quiet. 1 to 1,000,000. Default: as many as in a second.</summary>
    public int? RequestBurstPerAddress { get; set; }

    /// <summary>
    /// Most addresses whose requests are counted apart. Addresses are spread over so many counters by a secret hash, so that the table stays as large as this whoever comes; two that
    /// meet share a counter. 1,024 to 1,048,576. Default: 65,536.
    /// </summary>
    public int MaxTrackedAddresses { get; set; } = 65_536;

    /// <summary>
    /// What becomes of paths with <c>%2F</c>, <c>%5C</c> or <c>\</c>, which are one segment for routes and may be several for the server behind: a path that is guarded by its route could be
    /// reached by another one. They are forwarded as they came, or refused (400). Default: <c>Forward</c>.
    /// </summary>
    public EncodedSlashMode EncodedSlashes { get; set; }

    /// <summary>Hides what stands behind the proxy: see <see cref="HiddenFields"/>, <see cref="ReplaceErrorPages"/>; addresses of destinations in <c>Location</c>, <c>Content-Location</c>, <c>Refresh</c> and the domain of cookies become the public one. Counts for every route that says nothing else. Default: <see langword="false"/>.</summary>
    public bool HideBackend { get; set; }

    /// <summary>Fields of responses that <see cref="HideBackend"/> takes away. Default: <c>Server</c>, <c>X-Powered-By</c>, <c>X-AspNet-Version</c>, <c>X-AspNetMvc-Version</c>, <c>X-Generator</c>, <c>X-Runtime</c>, <c>Via</c>.</summary>
    public IList<string> HiddenFields { get; set; } = ["Server", "X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator", "X-Runtime", "Via"];

    /// <summary>Whether <see cref="HideBackend"/> answers with problem details of the proxy's own in the place of a destination's page for 500 and above. Default: <see langword="true"/>.</summary>
    public bool ReplaceErrorPages { get; set; } = true;

    /// <summary>What is done about unsafe settings when a configuration is applied: nothing, a warning each, or a refusal. Default: <c>Warn</c>.</summary>
    public ShieldingAuditMode Audit { get; set; } = ShieldingAuditMode.Warn;
}
