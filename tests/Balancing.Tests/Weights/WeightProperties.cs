using FsCheck;
using FsCheck.Fluent;

namespace Net2Secure.Routing.Balancing.Tests.Weights;

/// <summary>What holds for any cluster: any weights, tiers, zones, healths, ramps and loads.</summary>
public sealed class WeightProperties
{
    private static readonly DestinationStatus Healthy = new() { Active = DestinationHealth.Healthy };
    private static readonly DestinationStatus Unhealthy = new() { Active = DestinationHealth.Unhealthy };

    private static Gen<WeighedDestination> Destinations(int tiers, bool ramps) =>
        from weight in Gen.Choose(0, 20)
        from priority in Gen.Choose(0, tiers - 1)
        from zone in Gen.Elements("eu", "us", "as", "")
        from status in Gen.Elements(Healthy, Healthy, Unhealthy, new DestinationStatus(), new() { Override = DestinationOverride.Draining }, new() { AsksToDrain = true })
        from ramp in Gen.Choose(1, 10)
        from load in Gen.Choose(5, 20)
        select new WeighedDestination(
            TestDestinations.Named("x"),
            new DestinationOptions { Weight = weight, Priority = priority, Zone = zone },
            ramps ? status with { Ramp = ramp / 10.0, LoadFactor = load / 10.0 } : status);

    private static Gen<WeighedDestination[]> Clusters(int tiers = 3, bool ramps = true) => Destinations(tiers, ramps).ArrayOf();

    private static Gen<ClusterOptions> Options(bool zones = true) =>
        from factor in Gen.Choose(100, 300)
        from zone in Gen.Elements("eu", null)
        from origin in Gen.Choose(1, 100)
        from min in Gen.Choose(1, 3)
        select new ClusterOptions
        {
            Priorities = new() { OverprovisioningPercent = factor },
            Zones = zones && zone is not null ? new ZoneOptions { Local = zone, OriginPercent = origin > 70 ? null : origin, MinDestinations = min } : null,
        };

    [Fact]
    public void Weights_AreFiniteAndNotNegative_AndSomebodyGetsTrafficIfAnybodyIsInService() => Check(
        from cluster in Clusters()
        from options in Options()
        select (cluster, options),
        sample =>
        {
            var weights = EffectiveWeights.Of(sample.cluster, sample.options).Weights.Select(w => w.Value).ToArray();
            var anybody = sample.cluster.Any(d => d.Options.Weight > 0 && d.Status.Override == DestinationOverride.None);
            return weights.All(w => w >= 0 && double.IsFinite(w)) && weights.Any(w => w > 0) == anybody;
        });

    [Fact]
    public void Weights_OfTiers_AddUpToTheSharesOfTheTiers() => Check(
        from cluster in Clusters()
        from options in Options()
        select (cluster, options),
        sample =>
        {
            // Zones move traffic within a tier only.
            var (with, without) = (ByTier(sample.cluster, sample.options), ByTier(sample.cluster, new ClusterOptions { Priorities = sample.options.Priorities }));
            return with.Zip(without).All(p => Math.Abs(p.First - p.Second) < 1e-9);
        });

    [Fact]
    public void Weights_WithinATierAndZone_KeepTheirProportions() => Check(
        from cluster in Clusters(ramps: false)
        from options in Options()
        select (cluster, options),
        sample =>
        {
            var weights = EffectiveWeights.Of(sample.cluster, sample.options).Weights;
            return sample.cluster.Select((d, i) => (d, Weight: weights[i].Value)).Where(x => x.Weight > 0)
                .GroupBy(x => (x.d.Options.Priority, x.d.Options.Zone == "eu"))
                .All(g => g.Select(x => x.Weight / x.d.Options.Weight).ToArray() is var ratios && ratios.Max() - ratios.Min() < 1e-9 * ratios.Max());
        });

    [Fact]
    public void Weights_OneTierWithoutZones_AreTheConfiguredOnesToTheBit() => Check(Clusters(tiers: 1, ramps: false), cluster =>
        EffectiveWeights.Of(cluster, new ClusterOptions()).Weights.Select((w, i) => w.Value == 0 || w.Value == cluster[i].Options.Weight).All(same => same));

    [Fact]
    public void Share_OfADestinationThatRecovers_NeverFalls() => Check(
        from cluster in Clusters(ramps: false)
        from options in Options(zones: false)
        from index in Gen.Choose(0, 1000)
        select (cluster, options, index),
        sample => sample.cluster.Length == 0 || !Falls(sample.cluster, sample.options, sample.index % sample.cluster.Length, Unhealthy, Healthy));

    [Fact]
    public void Share_OfADestinationInAZone_DoesNotFallAsItRecoversUnlessThereWasAPanic() => Check(
        from cluster in Clusters(ramps: false)
        from options in Options()
        from index in Gen.Choose(0, 1000)
        select (cluster, options, index),
        sample => sample.cluster.Length == 0
            || EffectiveWeights.Of(With(sample.cluster, sample.index % sample.cluster.Length, Unhealthy), sample.options).IsPanic
            || !Falls(sample.cluster, sample.options, sample.index % sample.cluster.Length, Unhealthy, Healthy));

    [Fact]
    public void Share_OfADestinationFurtherOnItsWayBack_NeverFalls() => Check(
        from cluster in Clusters()
        from options in Options()
        from index in Gen.Choose(0, 1000)
        from ramp in Gen.Choose(1, 9)
        select (cluster, options, index, ramp),
        sample => sample.cluster.Length == 0
            || !Falls(sample.cluster, sample.options, sample.index % sample.cluster.Length, Healthy with { Ramp = sample.ramp / 10.0 }, Healthy with { Ramp = (sample.ramp + 1) / 10.0 }));

    private static double[] ByTier(WeighedDestination[] cluster, ClusterOptions options)
    {
        var shares = Shares(cluster, options);
        return [.. Enumerable.Range(0, 3).Select(p => shares.Where((_, i) => cluster[i].Options.Priority == p).Sum())];
    }

    private static bool Falls(WeighedDestination[] cluster, ClusterOptions options, int index, DestinationStatus before, DestinationStatus after) =>
        Shares(With(cluster, index, after), options)[index] < Shares(With(cluster, index, before), options)[index] - 1e-9;

    private static WeighedDestination[] With(WeighedDestination[] cluster, int index, DestinationStatus status)
    {
        var changed = cluster.ToArray();
        changed[index] = changed[index] with { Status = status };
        return changed;
    }

    private static double[] Shares(WeighedDestination[] cluster, ClusterOptions options)
    {
        var weights = EffectiveWeights.Of(cluster, options).Weights.Select(w => w.Value).ToArray();
        var total = weights.Sum();
        return [.. weights.Select(w => total == 0 ? 0 : w / total)];
    }

    private static void Check<T>(Gen<T> gen, Func<T, bool> holds) =>
        Prop.ForAll(gen.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(20261124, 1));
}
