using System.Globalization;
using System.Security.Authentication;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Names what is unsafe in a configuration that is valid: each with its path, why, and what to do.</summary>
/// <remarks>Judges what is written down. What an application adds in code (middleware, settings of the server) it cannot see, so it never says that all is well; endpoints of this product are <see cref="EndpointAudit"/>'s.</remarks>
internal sealed class ShieldingAudit(ListenAddresses addresses)
{
    /// <summary>What a finding that is an error says behind its own words.</summary>
    public const string StrictSuffix = " (Refused because Shielding:Audit is Strict.)";

    /// <summary>Looks through a configuration.</summary>
    /// <param name="configs">All sources, validated.</param>
    /// <param name="shielding">The shielding in force.</param>
    public IReadOnlyList<ConfigError> Find(IReadOnlyList<IProxyConfig> configs, ShieldingOptions shielding)
    {
        var findings = new List<ConfigError>();
        var rooted = configs.OfType<IRootedProxyConfig>().ToList();
        FindInShielding(shielding, RootOf(rooted, static c => c.Shielding).Below("Shielding"), findings);
        foreach (var config in configs)
        {
            var root = (config as IRootedProxyConfig)?.RootPath ?? "";
            FindInRoutes(config.Routes, root.Below("Routes"), shielding, findings);
            foreach (var cluster in config.Clusters) FindInCluster(cluster, root.Below("Clusters").Below(cluster.ClusterId), findings);
        }

        if (rooted.Find(static c => c.Forwarding is { AllowTrace: true }) is { } tracing)
            findings.Report(tracing.RootPath.Below("Forwarding").Below(nameof(ForwardingOptions.AllowTrace)), "is true: TRACE shows clients fields that were added on the way (RFC 9110 §9.3.8). Remove it.");
        FindInAddresses(shielding, rooted, findings);
        return findings;
    }

    private static void FindInShielding(ShieldingOptions shielding, string path, List<ConfigError> findings)
    {
        if (NetworkSet.From(shielding.TrustedProxies) is { HoldsEverything: true })
            findings.Report(path.Below(nameof(shielding.TrustedProxies)), "holds every address (/0): any client can say that it is somebody else. Name the networks of your own proxies.");
        if (NetworkSet.From(shielding.AllowNetworks) is { HoldsEverything: true })
            findings.Report(path.Below(nameof(shielding.AllowNetworks)), "holds every address (/0), so that it keeps nobody out. Name the networks that are meant, or remove it.");
    }

    private static void FindInRoutes(IReadOnlyList<RouteOptions> routes, string path, ShieldingOptions shielding, List<ConfigError> findings)
    {
        var unlimited = 0;
        foreach (var route in routes)
        {
            var below = path.Below(route.RouteId);
            if (route.MaxRequestBodySize is null) unlimited++;
            if (route.MaxRequestBodySize is < 0)
                findings.Report(below.Below(nameof(route.MaxRequestBodySize)), "lifts the limit: bodies of any size are taken. Name the largest that is meant, in bytes.");
            if (NetworkSet.From(route.AllowNetworks) is { HoldsEverything: true })
                findings.Report(below.Below(nameof(route.AllowNetworks)), "holds every address (/0), so that it keeps nobody out. Name the networks that are meant, or remove it.");
            for (var i = 0; i < route.Transforms.Count; i++)
                FindInTransform(route.Transforms[i], below.Below(nameof(route.Transforms)).Below(i.ToString(CultureInfo.InvariantCulture)), shielding, findings);
        }

        // One line for all of them: it is the default, and would otherwise bury the rest.
        if (unlimited > 0)
            findings.Report(path, string.Create(CultureInfo.InvariantCulture, $"{(unlimited == 1 ? "has a route" : $"has {unlimited} routes")} without MaxRequestBodySize: bodies of any size are taken, unless the server's own limit is set in code. Set it on each route."));
    }

    private static void FindInTransform(IReadOnlyDictionary<string, string> transform, string path, ShieldingOptions shielding, List<ConfigError> findings)
    {
        if (!transform.TryGetValue(TransformNames.XForwarded, out var all) && !transform.ContainsKey(TransformNames.Forwarded)) return;
        string?[] actions = [all, transform.GetValueOrDefault("For"), transform.GetValueOrDefault("Proto"), transform.GetValueOrDefault("Host"), transform.GetValueOrDefault("Prefix"), transform.GetValueOrDefault("Action")];
        if (actions.Contains(nameof(ForwardedTransformActions.Off), StringComparer.OrdinalIgnoreCase))
            findings.Report(path, "lets a field about the client pass as the client sent it (Off): destinations that believe it can be told anything. Use Set or Remove.");
        if (shielding.TrustedProxies.Count == 0 && actions.Contains(nameof(ForwardedTransformActions.Append), StringComparer.OrdinalIgnoreCase))
            findings.Report(path, "appends to what any client says of itself. Name the proxies in front of this one in Shielding:TrustedProxies; it is appended to their word only then.");
    }

    private static void FindInCluster(ProxyClusterOptions cluster, string path, List<ConfigError> findings)
    {
        if (cluster.HttpClient is { } client)
        {
            var below = path.Below(nameof(cluster.HttpClient));
            if (client.DangerousAcceptAnyServerCertificate == true)
                findings.Report(below.Below(nameof(client.DangerousAcceptAnyServerCertificate)), "is true: whoever stands on the way to the destinations can read and change everything. Have their certificates trusted instead.");
#pragma warning disable CA5397, CS0618, SYSLIB0039 // Named in order to be warned of.
            const SslProtocols Old = SslProtocols.Ssl2 | SslProtocols.Ssl3 | SslProtocols.Tls | SslProtocols.Tls11;
#pragma warning restore CA5397, CS0618, SYSLIB0039
            if (((client.SslProtocols ?? SslProtocols.None) & Old) != SslProtocols.None)
                findings.Report(below.Below(nameof(client.SslProtocols)), "offers versions of TLS below 1.2, which are broken (RFC 8996). Remove them.");
        }

        if (cluster.SessionAffinity is not { Enabled: true } affinity) return;
        var at = path.Below(nameof(cluster.SessionAffinity));
        var policy = affinity.Policy ?? SessionAffinityNames.HashCookie;
        var signs = policy.Equals(SessionAffinityNames.HashCookie, StringComparison.OrdinalIgnoreCase) || policy.Equals(SessionAffinityNames.CustomHeader, StringComparison.OrdinalIgnoreCase);
        if (signs && affinity.Keys.Count == 0)
            findings.Report(at.Below(nameof(affinity.Keys)), "holds no secret: keys of clients are signed with one that other proxies do not have, and that a restart forgets. Set one of 32 random characters or more on all of them.");
        if (affinity.Cookie is not { } cookie) return;
        if (string.Equals(cookie.SecurePolicy, "None", StringComparison.OrdinalIgnoreCase))
            findings.Report(at.Below(nameof(affinity.Cookie)).Below(nameof(cookie.SecurePolicy)), "is None: the cookie is sent without TLS as well. Use Always, or SameAsRequest.");
        if (cookie.HttpOnly == false)
            findings.Report(at.Below(nameof(affinity.Cookie)).Below(nameof(cookie.HttpOnly)), "is false: scripts can read the cookie. Remove it.");
    }

    private void FindInAddresses(ShieldingOptions shielding, List<IRootedProxyConfig> rooted, List<ConfigError> findings)
    {
        // Where trusted proxies stand in front, TLS is mostly theirs; and what is only sent on to https is not read on the way.
        if (shielding.TrustedProxies.Count > 0 || rooted.Exists(static c => c.Tls is { HttpsRedirect: true })) return;
        foreach (var (path, url) in addresses.Find())
        {
            if (ListenAddresses.IsPlainAndOpen(url))
                findings.Report(path, $"listens on {url} without TLS, on more than this machine: requests and cookies can be read on the way. Use https, switch Tls:HttpsRedirect on, listen on 127.0.0.1, or name the proxy in front that does TLS in Shielding:TrustedProxies.");
        }
    }

    private static string RootOf(List<IRootedProxyConfig> rooted, Func<IRootedProxyConfig, object?> find) =>
        rooted.Find(c => find(c) is not null)?.RootPath ?? "";
}
