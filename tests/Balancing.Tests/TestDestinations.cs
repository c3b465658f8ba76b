namespace Net2Secure.Routing.Balancing.Tests;

/// <summary>Destinations and sets for tests; the first is named "a".</summary>
internal static class TestDestinations
{
    public static Destination Named(string name, int port = 80) =>
        new("shop", name, new Uri($"http://10.0.0.1:{port}/"), new DestinationOptions { Address = $"http://10.0.0.1:{port}/" });

    /// <summary>One destination per weight: a, b, c … in this order.</summary>
    public static DestinationSet Weighted(params double[] weights) =>
        new([.. weights.Select((w, i) => KeyValuePair.Create(Named(NameOf(i), i + 1), w))]);

    public static DestinationSet Equal(int count) => Weighted([.. Enumerable.Repeat(1.0, count)]);

    /// <summary>What a policy picks, as one string of names.</summary>
    public static string Picks(this ILoadBalancingPolicy policy, DestinationSet set, int count)
    {
        var context = ContextFor(policy, set);
        return string.Concat(Enumerable.Range(0, count).Select(_ => policy.Pick(context)!.Id));
    }

    /// <summary>How often each destination of a set is picked, in the order of the set.</summary>
    public static int[] Counts(this ILoadBalancingPolicy policy, DestinationSet set, int count)
    {
        var context = ContextFor(policy, set);
        var index = set.Select((d, i) => (d, i)).ToDictionary(x => x.d, x => x.i);
        var counts = new int[set.Count];
        for (var i = 0; i < count; i++) counts[index[policy.Pick(context)!]]++;
        return counts;
    }

    public static BalancingContext ContextFor(ILoadBalancingPolicy policy, DestinationSet set) =>
        new(new HttpRequestMessage(), set, (policy as ITableBuildingPolicy)?.BuildTable(set));

    public static Destination Busy(this Destination destination, int inFlight)
    {
        for (var i = 0; i < inFlight; i++) destination.BeginAttempt();
        return destination;
    }

    private static string NameOf(int i) => i < 26 ? ((char)('a' + i)).ToString() : $"d{i:0000}";
}
