namespace Net2Secure.Routing.Balancing.Tests.Weights;

/// <summary>The expected shares follow by hand from the rule: local = part of the capacity ÷ part of the callers, at most 1; the others share the rest by weight.</summary>
public sealed class ZonePreferenceTests
{
    [Theory]
    [InlineData("1H@eu 1H@eu 1H@us 1H@us", new[] { 50, 50, 0, 0.0 })] // half of the capacity for half of the callers: all stays
    [InlineData("1H@eu 3H@EU 1H@us 2H@us", new[] { 25, 75, 0, 0.0 })] // case does not count; weights keep their proportions
    [InlineData("1H@eu 1H@eu 3H@us 3H@us", new[] { 25, 25, 25, 25.0 })] // a quarter for half of the callers: half stays
    [InlineData("1H@eu 1H@eu 2H@us 2H@asia 2H", new[] { 50, 50, 0, 0, 0.0 })] // four zones, one of them without a name: a quarter for a quarter
    [InlineData("1H@eu 1H@eu 1U@eu 1U@eu 2H@us 2H@us", new[] { 33.33, 33.33, 0, 0, 16.67, 16.67 })] // a third of what is left, for half of the callers
    [InlineData("1H@us 1H@us", new[] { 50, 50.0 })] // nobody here
    [InlineData("1H@eu 1H@eu", new[] { 50, 50.0 })] // nobody elsewhere
    [InlineData("1H@eu 1U@eu 1H@us 1H@us", new[] { 33.33, 0, 33.33, 33.33 })] // one alone is not preferred
    [InlineData("1H@eu 1H@eu 1U@us 1U@us 1U@us", new[] { 20, 20, 20, 20, 20.0 })] // in a panic zones do not count
    [InlineData("1D@eu 1H@eu 1H@eu 1H@us 1H@us", new[] { 0, 50, 50, 0, 0.0 })]
    public void Of_LocalZone_IsPreferredAsFarAsItsCapacitySuffices(string destinations, double[] shares) => Assert.Equal(shares, Weighing.Shares(destinations, In("eu")));

    [Fact]
    public void Of_EveryZoneDoingTheSame_GivesEachDestinationItsPartOfTheWhole()
    {
        // Callers spread evenly over three zones of very different size: what each zone sends, added up, must crush nobody.
        var received = new double[10];
        foreach (var zone in (string[])["eu", "us", "as"])
        {
            var shares = Weighing.Shares("1H@eu 1H@eu 1H@us 1H@us 1H@us 1H@us 1H@us 1H@us 1H@as 1H@as", In(zone));
            for (var i = 0; i < received.Length; i++) received[i] += shares[i] / 3;
        }

        Assert.All(received, r => Assert.InRange(r, 6, 14));
    }

    [Theory]
    [InlineData(100, new[] { 25, 25, 25, 25.0 })] // all callers are here: nothing better than weights
    [InlineData(80, new[] { 31.25, 31.25, 18.75, 18.75 })]
    [InlineData(50, new[] { 50, 50, 0, 0.0 })]
    [InlineData(10, new[] { 50, 50, 0, 0.0 })]
    public void Of_OriginPercent_SaysHowManyCallersAreHere(int percent, double[] shares)
    {
        var options = new ClusterOptions { Zones = new() { Local = "eu", OriginPercent = percent } };
        Assert.Equal(shares, Weighing.Shares("1H@eu 1H@eu 1H@us 1H@us", options));
    }

    [Fact]
    public void Of_MinDestinations_KeepsASmallZoneFromBeingPreferred()
    {
        var options = new ClusterOptions { Zones = new() { Local = "eu", MinDestinations = 3 } };
        Assert.Equal([25, 25, 25, 25], Weighing.Shares("1H@eu 1H@eu 1H@us 1H@us", options));
        options.Zones.MinDestinations = 1;
        Assert.Equal([100, 0, 0], Weighing.Shares("2H@eu 1H@us 1H@us", options));
    }

    [Fact]
    public void Of_ZoneOfTheHost_CountsWhereTheClusterNamesNone()
    {
        const string destinations = "1H@eu 1H@eu 1H@us 1H@us";
        Assert.Equal([50, 50, 0, 0], Weighing.Shares(destinations, new ClusterOptions { HostZone = "eu" }));
        Assert.Equal([0, 0, 50, 50], Weighing.Shares(destinations, new ClusterOptions { HostZone = "eu", Zones = new() { Local = "us" } }));
        Assert.Equal([25, 25, 25, 25], Weighing.Shares(destinations, new ClusterOptions { HostZone = "eu", Zones = new() { Enabled = false } }));
        Assert.Equal([25, 25, 25, 25], Weighing.Shares(destinations));
    }

    [Fact]
    public void Of_TiersAndZones_PreferTheZoneWithinEachTier() =>
        // The first tier has 0.7: its two zones are even. The second takes 0.3, all of it in the local zone.
        Assert.Equal([35, 35, 0, 0, 0, 0, 15, 15, 0, 0], Weighing.Shares("1H@eu 1H@eu 1U@us 1U@us 0H 0H 1H@eu/1 1H@eu/1 1H@us/1 1H@us/1", In("eu")));

    [Fact]
    public void Of_AllStaysLocal_KeepsTheConfiguredIntegersAndTheRestInReserve()
    {
        var weights = Weighing.Weigh("3H@eu 5H@eu 1H@us 7H@us 9H@us/1", In("eu"));
        Assert.Equal([3, 5, 0, 0, 0], weights.Weights.Select(w => w.Value));
        Assert.Equal(["cd", "e"], weights.Reserves.Select(r => string.Concat(r.Select(w => w.Key.Id))));
    }

    private static ClusterOptions In(string zone) => new() { Zones = new() { Local = zone } };
}
