namespace Net2Secure.Routing.Health;

/// <summary>Probes that the product sends of its own accord.</summary>
public sealed class ActiveHealthCheckOptions
{
    /// <summary>Switches probes on. Default: <see langword="false"/>.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Time between the starts of two probes of a destination. 100 ms to 1 h. Default: 15 s.</summary>
    public TimeSpan? Interval { get; set; }

    /// <summary>Time after which a probe counts as failed. 10 ms to 5 min. Default: 10 s.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>How results are judged: <c>ConsecutiveFailures</c> or the name of a policy of the user. Default: <c>ConsecutiveFailures</c>.</summary>
    public string? Policy { get; set; }

    /// <summary>Path of the probe: begins with a slash. Default: <c>/</c>.</summary>
    public string? Path { get; set; }

    /// <summary>Query of the probe: begins with a question mark. Default: none.</summary>
    public string? Query { get; set; }

    /// <summary>
    /// Whether a destination takes traffic before its first good probe. Default: <see langword="false"/>, and <see langword="true"/> where
    /// <see cref="HealthCheckOptions.AvailableDestinationsPolicy"/> is set, as its policies say.
    /// </summary>
    public bool? UnprobedTraffic { get; set; }
}
