using System.Globalization;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>A probe of the user and the name that settings ask for it by.</summary>
internal sealed record HealthProbeRegistration(string Name, Func<IServiceProvider, IHealthProbe> Create);

/// <summary>All probes by name: the built-in ones and the user's. Names are compared without regard to case; a later registration replaces an earlier.</summary>
internal sealed class HealthProbeCatalog(IServiceProvider services, IEnumerable<HealthProbeRegistration> registrations, ITrafficConnections? traffic = null)
{
    private readonly Dictionary<string, Func<IServiceProvider, IHealthProbe>> _registered = Index(registrations);

    /// <summary>All known names.</summary>
    public IReadOnlyCollection<string> Names => [.. HealthPolicyNames.BuiltIn.Probes.Union(_registered.Keys, StringComparer.OrdinalIgnoreCase)];

    /// <summary>Makes the probe of one cluster.</summary>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public IHealthProbe Create(ClusterOptions cluster, ActiveHealthCheckOptions options)
    {
        var name = string.IsNullOrEmpty(options.Probe) ? HealthProbeNames.Http : options.Probe;
        if (_registered.TryGetValue(name, out var create)) return create(services) ?? throw new InvalidOperationException($"The factory of probe '{name}' returned null.");
        if (Is(HealthProbeNames.Tcp)) return new TcpProbe();
        var connections = new ProbeConnections(options, traffic?.Of(cluster) ?? default);
        if (Is(HealthProbeNames.Http)) return new HttpProbe(options, connections);
        if (Is(HealthProbeNames.Grpc)) return new GrpcProbe(options, connections);
        if (Is(HealthProbeNames.Tls)) return new TlsProbe(connections);
        connections.Dispose();
        throw new ArgumentException($"'{name}' is no known probe. Known are {string.Join(", ", Names)}.", nameof(options));

        bool Is(string known) => known.Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>All that the probe of a cluster is made of, in one text: when it is the same, so is the probe.</summary>
    public string QuestionOf(ClusterOptions cluster, ActiveHealthCheckOptions options)
    {
        var certificate = options.ClientCertificate;
        string?[] parts =
        [
            options.Probe, options.Port?.ToString(CultureInfo.InvariantCulture), options.Method, options.Path, options.Query, options.Host, options.Version?.ToString(),
            options.ExpectedBody, options.ExpectedBodyPattern, options.MaxBodyBytes?.ToString(CultureInfo.InvariantCulture), options.Service,
            options.DangerousAcceptAnyServerCertificate?.ToString(), certificate?.Path, certificate?.KeyPath, certificate?.Password, StampOf(certificate?.Path), StampOf(certificate?.KeyPath),
            string.Join('\n', options.ExpectedStatus), string.Join('\n', options.DrainStatus), Join(options.Headers), Join(options.ExpectedHeaders), Join(cluster.Metadata),
            (traffic?.Of(cluster) ?? default).ToString(),
        ];
        return string.Join('\0', parts);
    }

    private static string Join(IDictionary<string, string> map) => string.Join('\n', map.OrderBy(p => p.Key, StringComparer.OrdinalIgnoreCase).Select(p => p.Key + "\n" + p.Value));

    // A certificate that was renewed in its file is a new one.
    private static string? StampOf(string? file) => file is null ? null : File.GetLastWriteTimeUtc(file).Ticks.ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, Func<IServiceProvider, IHealthProbe>> Index(IEnumerable<HealthProbeRegistration> registrations)
    {
        var index = new Dictionary<string, Func<IServiceProvider, IHealthProbe>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, create) in registrations) index[name] = create;
        return index;
    }
}
