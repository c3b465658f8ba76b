namespace Net2Secure.Routing.Health;

/// <summary>What one probe found.</summary>
public readonly record struct ProbeResult
{
    private ProbeResult(ProbeOutcome outcome, string? reason)
    {
        Outcome = outcome;
        Reason = reason;
    }

    /// <summary>The destination answers as it should.</summary>
    public static ProbeResult Passed => new(ProbeOutcome.Passed, reason: null);

    /// <summary>In one word. That of the default value is <see cref="ProbeOutcome.Failed"/>.</summary>
    public ProbeOutcome Outcome { get; }

    /// <summary>Why it is not good, for people: a few words without secrets. A failure to connect or to answer is named after RFC 9209 §2.3.</summary>
    public string? Reason { get; }

    /// <summary>The destination does not answer as it should.</summary>
    /// <param name="reason">Why, for people: a few words without secrets.</param>
    public static ProbeResult Failed(string reason) => new(ProbeOutcome.Failed, reason);

    /// <summary>The destination answers that it wants no new traffic.</summary>
    /// <param name="reason">How it said so, for people.</param>
    public static ProbeResult Draining(string reason) => new(ProbeOutcome.Draining, reason);
}
