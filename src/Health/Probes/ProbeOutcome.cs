namespace Net2Secure.Routing.Health;

/// <summary>What a probe found, in one word.</summary>
public enum ProbeOutcome
{
    /// <summary>No answer, or not the one expected.</summary>
    Failed,

    /// <summary>The answer that was expected.</summary>
    Passed,

    /// <summary>
    /// The destination answers that it wants no new traffic. A healthy one gets none then, and what is in flight goes on; for one that is not healthy yet, or whose
    /// traffic fails, it counts as failed.
    /// </summary>
    Draining,
}
