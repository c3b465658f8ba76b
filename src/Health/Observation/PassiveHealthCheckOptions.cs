namespace Net2Secure.Routing.Health;

/// <summary>Judging destinations by the traffic they answer.</summary>
public sealed class PassiveHealthCheckOptions
{
    /// <summary>Switches observation on. Default: <see langword="false"/>.</summary>
    public bool? Enabled { get; set; }

    /// <summary>How results are judged: <c>TransportFailureRate</c> or the name of a policy of the user. Default: <c>TransportFailureRate</c>.</summary>
    public string? Policy { get; set; }

    /// <summary>Time after which an unhealthy destination is tried again. 100 ms to 1 d. Default: 1 min.</summary>
    public TimeSpan? ReactivationPeriod { get; set; }
}
