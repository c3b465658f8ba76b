using Microsoft.Extensions.Configuration;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.AccessLog;
using Net2Secure.Routing.Proxying.Dashboard;
using Net2Secure.Routing.Proxying.Explaining;
using Net2Secure.Routing.Proxying.ResponseCaching;
using Net2Secure.Routing.Proxying.Tcp;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads the section <c>Net2Proxy</c>.</summary>
internal static class ProxyConfigReader
{
    /// <summary>Name of the section.</summary>
    public const string SectionName = "Net2Proxy";

    /// <summary>Reads everything, and reports everything that cannot be read.</summary>
    /// <param name="section">The section.</param>
    /// <param name="path">Its name, for the paths of errors.</param>
    public static ProxyConfigReadResult Read(IConfiguration section, string path = SectionName) => Read(SettingsNode.From(section), path, StoreKinds.None);

    /// <summary>The same with the kinds of stores that somebody contributes.</summary>
    public static ProxyConfigReadResult Read(SettingsNode section, string path, StoreKinds stores)
    {
        var errors = new List<ConfigError>();
        return SectionReader.Read(section, path, errors, reader => Read(reader, stores, errors));
    }

    /// <summary>The settings known, for the test that compares them with the JSON schema.</summary>
    public static IReadOnlyList<SettingInfo> KnownSettings(StoreKinds stores) => SectionReader.Record(reader => Read(reader, stores, []));

    private static ProxyConfigReadResult Read(SectionReader reader, StoreKinds stores, List<ConfigError> errors)
    {
        var notices = new List<ConfigError>();
        var routes = reader.Map("Routes", RouteOptionsReader.Read);
        var clusters = reader.Map("Clusters", ProxyClusterOptionsReader.Read);
        if (reader.Text("LocalZone") is { } zone)
        {
            foreach (var cluster in clusters.Values) cluster.HostZone = zone;
        }

        var tls = reader.Section("Tls", TlsRules.Read);
        var forwarding = reader.Section("Forwarding", ForwardingOptionsReader.Read);
        var shielding = reader.Section("Shielding", ShieldingRules.Read);
        if (shielding is not null) ShieldingRules.Validate(shielding, reader.Path.Below("Shielding"), errors);
        var tcp = reader.Map("Tcp", TcpRules.Read);
        TcpRules.Validate(tcp, reader.Path.Below("Tcp"), clusters: null, errors);
        var dashboard = reader.Section("Dashboard", DashboardRules.Read);
        if (dashboard is not null) DashboardRules.Validate(dashboard, reader.Path.Below("Dashboard"), errors);
        var cache = reader.Section("Cache", cache => CacheStoreRules.Read(cache, stores));
        if (cache is not null) CacheStoreRules.Validate(cache, reader.Path.Below("Cache"), errors);
        var accessLog = reader.Section("AccessLog", AccessLogRules.Read);
        if (accessLog is not null) AccessLogRules.Validate(accessLog, reader.Path.Below("AccessLog"), errors);
        var explain = reader.Section("Explain", ExplainRules.Read);
        if (explain is not null) ExplainRules.Validate(explain, reader.Path.Below("Explain"), errors);
        ValidateHost(tls, reader.Path, errors, notices);
        return new ProxyConfigReadResult([.. routes.Values], [.. clusters.Values], tls, forwarding, dashboard, cache, errors, notices)
        {
            Shielding = shielding,
            Tcp = tcp.Count == 0 ? null : tcp,
            AccessLog = accessLog,
            Explain = explain,
        };
    }

    private static void ValidateHost(TlsOptions? tls, string path, List<ConfigError> errors, List<ConfigError> notices)
    {
        if (tls is null) return;
        TlsRules.Validate(tls, path.Below("Tls"), errors);
        TlsRules.Notice(tls, path.Below("Tls"), notices);
    }
}
