using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>What the probes of one destination have come to: a verdict, and how far the next one is.</summary>
/// <param name="Health">The verdict.</param>
/// <param name="AsksToDrain">Whether a healthy destination asks for no new traffic.</param>
/// <param name="Passed">Good probes in a row, up to now.</param>
/// <param name="Failed">Failed probes in a row, up to now.</param>
internal readonly record struct ProbeState(DestinationHealth Health, bool AsksToDrain = false, int Passed = 0, int Failed = 0)
{
    /// <summary>Whether the last probes speak against the verdict, but are not enough to turn it.</summary>
    public bool IsInTransition => Health switch
    {
        DestinationHealth.Healthy => Failed > 0 || (AsksToDrain && Passed > 0),
        DestinationHealth.Unhealthy => Passed > 0,
        _ => false,
    };

    /// <summary>The state after one more probe.</summary>
    /// <param name="outcome">What the probe found.</param>
    /// <param name="healthyThreshold">Good probes in a row that make a destination healthy.</param>
    /// <param name="unhealthyThreshold">Failed ones that make it unhealthy.</param>
    /// <param name="trafficFails">Whether real traffic speaks against the destination.</param>
    /// <remarks>
    /// The first probe decides alone: nothing else is known, and a wrong word is put right by the next few. A failed probe of a destination whose traffic fails as well
    /// decides alone too: two witnesses. After it good probes bring it back by their number, which ends the verdict of the traffic with it. A destination that says
    /// itself that it wants no traffic is taken at its word by the first probe, and has to say otherwise as often as one that recovers.
    /// </remarks>
    public ProbeState After(ProbeOutcome outcome, int healthyThreshold, int unhealthyThreshold, bool trafficFails) => outcome switch
    {
        ProbeOutcome.Passed => AfterPassed(Passed + 1, healthyThreshold),
        ProbeOutcome.Draining when Health == DestinationHealth.Healthy && !trafficFails => new(DestinationHealth.Healthy, AsksToDrain: true),
        _ => AfterFailed(Failed + 1, trafficFails ? 1 : unhealthyThreshold),
    };

    private ProbeState AfterPassed(int passed, int threshold)
    {
        var isEnough = Health == DestinationHealth.Unknown || passed >= threshold;
        return isEnough ? new(DestinationHealth.Healthy, AsksToDrain: false, passed) : new(Health, AsksToDrain, passed);
    }

    private ProbeState AfterFailed(int failed, int threshold) => Health == DestinationHealth.Healthy && failed < threshold
        ? new(Health, AsksToDrain, Passed: 0, failed)
        : new(DestinationHealth.Unhealthy, AsksToDrain: false, Passed: 0, failed);
}
