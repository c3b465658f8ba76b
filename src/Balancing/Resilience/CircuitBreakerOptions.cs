namespace Net2Secure.Routing.Balancing;

/// <summary>When a destination that cannot be reached is not asked any more, but for single requests on trial.</summary>
public sealed class CircuitBreakerOptions
{
    /// <summary>Whether there is one for each destination. Default: <see langword="true"/>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Connections in a row that failed, within <see cref="Window"/>, and open the circuit. 1 to 1,000. Default: 5.</summary>
    public int Failures { get; set; } = 5;

    /// <summary>Share of failed attempts within <see cref="Window"/> that opens the circuit, in percent; timeouts count as well. 1 to 100. Default: none.</summary>
    public int? FailurePercent { get; set; }

    /// <summary>Attempts within <see cref="Window"/> below which <see cref="FailurePercent"/> says nothing. 1 to 100,000. Default: 20.</summary>
    public int MinAttempts { get; set; } = 20;

    /// <summary>The time that failures are looked at together. 100 ms to 10 min. Default: 10 s.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The wait before the first trial, doubled with each that fails, and spread by chance. 10 ms to 10 min. Default: 250 ms.</summary>
    public TimeSpan OpenFor { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest wait between two trials; while no destination can be used, it is 1 s at most. 10 ms to 10 min. Default: 5 s.</summary>
    public TimeSpan MaxOpenFor { get; set; } = TimeSpan.FromSeconds(5);
}
