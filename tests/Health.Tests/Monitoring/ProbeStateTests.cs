using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Monitoring;

/// <summary>What results come to. P: passed, F: failed, D: draining; small letters: the same while the traffic of the destination fails.</summary>
public sealed class ProbeStateTests
{
    [Theory]
    // The first word counts.
    [InlineData("", "Unknown")]
    [InlineData("P", "Healthy")]
    [InlineData("F", "Unhealthy")]
    [InlineData("D", "Unhealthy")]
    // Three failures in a row take out, two good ones bring back.
    [InlineData("PF", "Healthy, changing")]
    [InlineData("PFF", "Healthy, changing")]
    [InlineData("PFFF", "Unhealthy")]
    [InlineData("PFFPFF", "Healthy, changing")]
    [InlineData("PFFFP", "Unhealthy, changing")]
    [InlineData("PFFFPF", "Unhealthy")]
    [InlineData("PFFFPFP", "Unhealthy, changing")]
    [InlineData("PFFFPP", "Healthy")]
    [InlineData("PFFFFFFFFFFFPP", "Healthy")]
    // Every second probe lost: neither taken out nor, once out, brought back.
    [InlineData("PFPFPFPFPFPF", "Healthy, changing")]
    [InlineData("FPFPFPFPFPFP", "Unhealthy, changing")]
    // Traffic that fails is the second witness.
    [InlineData("Pf", "Unhealthy")]
    [InlineData("Pp", "Healthy")]
    [InlineData("Pfpp", "Healthy")]
    [InlineData("Pd", "Unhealthy")]
    // A wish is granted to the healthy at once, and lifted as a fault is.
    [InlineData("PD", "Healthy, draining")]
    [InlineData("PDDDDD", "Healthy, draining")]
    [InlineData("PDP", "Healthy, draining, changing")]
    [InlineData("PDPP", "Healthy")]
    [InlineData("PDF", "Healthy, draining, changing")]
    [InlineData("PDFFF", "Unhealthy")]
    [InlineData("PDFFFPP", "Healthy")]
    [InlineData("PFFFD", "Unhealthy")]
    [InlineData("PFFFPD", "Unhealthy")]
    [InlineData("PFFDFF", "Healthy, draining, changing")]
    public void After_Results_ComesTo(string results, string expected)
    {
        var state = default(ProbeState);
        foreach (var result in results)
        {
            var outcome = char.ToUpperInvariant(result) switch { 'P' => ProbeOutcome.Passed, 'D' => ProbeOutcome.Draining, _ => ProbeOutcome.Failed };
            state = state.After(outcome, healthyThreshold: 2, unhealthyThreshold: 3, trafficFails: char.IsLower(result));
        }

        Assert.Equal(expected, state.Health + (state.AsksToDrain ? ", draining" : "") + (state.IsInTransition ? ", changing" : ""));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    [InlineData(4, 2)]
    public void After_AsManyAsTheThresholdSays_TurnsTheVerdictAndNotOneBefore(int healthy, int unhealthy)
    {
        var state = new ProbeState(DestinationHealth.Healthy);
        for (var i = 1; i <= unhealthy; i++)
        {
            state = state.After(ProbeOutcome.Failed, healthy, unhealthy, trafficFails: false);
            Assert.Equal(i < unhealthy ? DestinationHealth.Healthy : DestinationHealth.Unhealthy, state.Health);
        }

        for (var i = 1; i <= healthy; i++)
        {
            state = state.After(ProbeOutcome.Passed, healthy, unhealthy, trafficFails: false);
            Assert.Equal(i < healthy ? DestinationHealth.Unhealthy : DestinationHealth.Healthy, state.Health);
        }
    }
}
