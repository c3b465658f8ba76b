namespace Net2Secure.Routing.Health;

/// <summary>Probes: questions that the product asks destinations of its own accord, and what answer it expects.</summary>
public sealed class ActiveHealthCheckOptions
{
    /// <summary>Switches probes on. Default: <see langword="false"/>.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Time between the starts of two probes of a destination; up to a tenth is taken off by chance, so that probes spread. 100 ms to 1 h. Default: 15 s.</summary>
    public TimeSpan? Interval { get; set; }

    /// <summary>The same while a destination is between two verdicts. 10 ms to 1 h, at most Interval. Default: a tenth of Interval, at least 100 ms, at most 1 s.</summary>
    public TimeSpan? FastInterval { get; set; }

    /// <summary>The same while no request has come to the cluster for a minute. 100 ms to 1 d, at least Interval. The next request ends it at once. Default: Interval.</summary>
    public TimeSpan? IdleInterval { get; set; }

    /// <summary>Time after which a probe counts as failed. 10 ms to 5 min, at most Interval. Default: 10 s, or Interval where that is shorter.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>How results are judged: <c>ConsecutiveFailures</c>. Default: <c>ConsecutiveFailures</c>.</summary>
    public string? Policy { get; set; }

    /// <summary>Failed probes in a row that take a healthy destination out. 1 to 100. Default: 3, or the metadata ConsecutiveFailuresHealthPolicy.Threshold of the cluster.</summary>
    public int? UnhealthyThreshold { get; set; }

    /// <summary>Good probes in a row that bring an unhealthy destination back. 1 to 100. Default: 2.</summary>
    public int? HealthyThreshold { get; set; }

    /// <summary>
    /// Whether a destination takes traffic before its first good probe. Default: <see langword="false"/>, and <see langword="true"/> where
    /// <see cref="HealthCheckOptions.AvailableDestinationsPolicy"/> is set, as its policies say.
    /// </summary>
    public bool? UnprobedTraffic { get; set; }

    /// <summary>How long the first requests of a new cluster wait at most for its first probes. 0 to 1 min. Default: 2 s.</summary>
    public TimeSpan? StartupTimeout { get; set; }

    /// <summary>What is asked: <c>Http</c>, <c>Grpc</c>, <c>Tls</c>, <c>Tcp</c>, or the name of a probe of the user. Default: <c>Http</c>.</summary>
    public string? Probe { get; set; }

    /// <summary>Port of the probe. 1 to 65,535. Default: that of the destination's <c>Health</c>, or else <c>Address</c>.</summary>
    public int? Port { get; set; }

    /// <summary>Method of an HTTP probe: a token of RFC 9110 §5.6.2. Default: <c>GET</c>.</summary>
    public string? Method { get; set; }

    /// <summary>Path of an HTTP probe: begins with a slash. Default: <c>/</c>.</summary>
    public string? Path { get; set; }

    /// <summary>Query of an HTTP probe: begins with a question mark. Default: none.</summary>
    public string? Query { get; set; }

    /// <summary><c>Host</c> of the probe, and the name that a certificate has to bear. Default: the destination's <c>Host</c>, or else the authority that is probed.</summary>
    public string? Host { get; set; }

    /// <summary>Header fields of an HTTP or gRPC probe, by name. Default: none.</summary>
    public IDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Version of HTTP of an HTTP probe: <c>1.1</c>, or <c>2</c>, which is spoken without asking first where there is no TLS. Default: 2 where traffic has to be HTTP/2, else 1.1.</summary>
    public Version? Version { get; set; }

    /// <summary>Status codes that are good answers to an HTTP probe, single (204) or as ranges (200-299). Default: 200-299.</summary>
    public IList<string> ExpectedStatus { get; set; } = [];

    /// <summary>Texts that header fields of a good answer contain, by name of the field; an empty one asks only for the field. Default: none.</summary>
    public IDictionary<string, string> ExpectedHeaders { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Text that the body of a good answer contains within its first <see cref="MaxBodyBytes"/>. Default: none.</summary>
    public string? ExpectedBody { get; set; }

    /// <summary>Regular expression (without backreferences and lookarounds) that the body of a good answer matches within its first <see cref="MaxBodyBytes"/>. Default: none.</summary>
    public string? ExpectedBodyPattern { get; set; }

    /// <summary>Bytes of the body that are read where one is expected. 1 to 1,048,576. Default: 65,536.</summary>
    public int? MaxBodyBytes { get; set; }

    /// <summary>Status codes by which a destination asks for no new traffic while it still answers, single or as ranges. Default: 503.</summary>
    public IList<string> DrainStatus { get; set; } = [];

    /// <summary>Name of the service that a gRPC probe asks about. Default: none, the server as a whole.</summary>
    public string? Service { get; set; }

    /// <summary>Certificate that probes over TLS identify themselves with. Default: none.</summary>
    public ProbeCertificateOptions? ClientCertificate { get; set; }

    /// <summary>Accepts any certificate of a destination in probes: they are then open to interception. Default: <see langword="false"/>, or what the traffic of the cluster does.</summary>
    public bool? DangerousAcceptAnyServerCertificate { get; set; }
}
