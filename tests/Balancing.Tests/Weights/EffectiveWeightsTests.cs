namespace Net2Secure.Routing.Balancing.Tests.Weights;

public sealed class EffectiveWeightsTests
{
    private static readonly DestinationStatus Healthy = new() { Active = DestinationHealth.Healthy };
    private static readonly DestinationStatus Unhealthy = new() { Active = DestinationHealth.Unhealthy };

    [Fact]
    public void Of_NothingKnown_GivesTheConfiguredWeights() => Assert.Equal([3, 1, 0], Weigh((3, new()), (1, new()), (0, new())));

    [Fact]
    public void Of_RampAndReportedLoad_MultiplyTheWeight() =>
        Assert.Equal([1.5, 8], Weigh((3, new() { Ramp = 0.5 }), (4, new() { LoadFactor = 2 })));

    [Fact]
    public void Of_OneUnhealthyOfMany_TakesNothing() => Assert.Equal([1, 0, 1], Weigh((1, Healthy), (1, Unhealthy), (1, new())));

    [Fact]
    public void Of_LessThanHalfOfTheWeightUsable_UsesAllInService()
    {
        Assert.Equal([5, 4, 0], Weigh((5, Unhealthy), (4, Healthy), (3, new() { Override = DestinationOverride.Unhealthy })));
        Assert.Equal([0, 5], Weigh((5, Unhealthy), (5, Healthy)));
    }

    [Fact]
    public void Of_NobodyUsable_SaysSo()
    {
        var weights = EffectiveWeights.Of([Of(1, Unhealthy), Of(1, Unhealthy)], new ClusterOptions());
        Assert.True(weights.IsPanic);
        Assert.Equal([1, 1], weights.Weights.Select(w => w.Value));
    }

    [Fact]
    public void Of_Draining_TakesNoNewTraffic()
    {
        Assert.Equal([0, 1], Weigh((1, new() { Override = DestinationOverride.Draining }), (1, new())));
        Assert.Equal([0, 1], Weigh((1, new() { AsksToDrain = true }), (1, new())));
        Assert.Equal([0], Weigh((1, new() { Override = DestinationOverride.Draining })));
        Assert.Equal([1, 1], Weigh((1, new() { AsksToDrain = true, Override = DestinationOverride.Healthy }), (1, new())));
    }

    [Fact]
    public void Of_AllAskToDrain_AreUsedAllTheSame() =>
        Assert.Equal([1, 1, 0], Weigh((1, new() { AsksToDrain = true }), (1, new() { AsksToDrain = true }), (1, new() { Override = DestinationOverride.Draining })));

    [Fact]
    public void Of_UnknownNotUsable_IsNoReasonToPanicWhileOneIsProven()
    {
        var options = new ClusterOptions();
        options.SetSection(new OnlyProven());
        Assert.Equal([1, 0, 0, 0], EffectiveWeights.Of([Of(1, Healthy), Of(1, new()), Of(1, new()), Of(1, Unhealthy)], options).Weights.Select(w => w.Value));
        Assert.Equal([1, 1], EffectiveWeights.Of([Of(1, new()), Of(1, new())], options).Weights.Select(w => w.Value));
    }

    [Fact]
    public void Of_UnknownNotUsable_WaitsForAGoodWord()
    {
        var options = new ClusterOptions();
        options.SetSection(new OnlyProven());
        Assert.Equal([0, 1, 1], EffectiveWeights.Of([Of(1, new()), Of(1, Healthy), Of(1, Healthy)], options).Weights.Select(w => w.Value));
    }

    private static IEnumerable<double> Weigh(params (int Weight, DestinationStatus Status)[] destinations) =>
        EffectiveWeights.Of([.. destinations.Select(d => Of(d.Weight, d.Status))], new ClusterOptions()).Weights.Select(w => w.Value);

    private static WeighedDestination Of(int weight, DestinationStatus status) =>
        new(TestDestinations.Named("d"), new DestinationOptions { Weight = weight }, status);

    private sealed class OnlyProven : IAvailabilityRules
    {
        public bool UsesUnknown => false;

        public double PanicThreshold => 0.5;
    }
}
