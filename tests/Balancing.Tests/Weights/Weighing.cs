namespace Net2Secure.Routing.Balancing.Tests.Weights;

/// <summary>Weighs destinations that a test writes down as text: <c>2H@eu/1</c> is weight 2, healthy, in zone eu, of priority 1.</summary>
internal static class Weighing
{
    /// <summary>The shares, in percent, of destinations with blanks between them. H healthy, U unhealthy, ? unknown, D draining, O ordered out.</summary>
    public static double[] Shares(string destinations, ClusterOptions? options = null)
    {
        var weights = Weigh(destinations, options).Weights.Select(w => w.Value).ToArray();
        var total = weights.Sum();
        return [.. weights.Select(w => total == 0 ? 0 : Math.Round(100 * w / total, 2))];
    }

    public static EffectiveWeights Weigh(string destinations, ClusterOptions? options = null) => EffectiveWeights.Of(Parse(destinations), options ?? new ClusterOptions());

    public static WeighedDestination[] Parse(string destinations) => [.. destinations.Split(' ').Select((text, i) => Parse(text, i))];

    private static WeighedDestination Parse(string text, int index)
    {
        var letter = text.IndexOfAny(['H', 'U', '?', 'D', 'O']);
        var (zone, priority) = (text.IndexOf('@', StringComparison.Ordinal), text.IndexOf('/', StringComparison.Ordinal));
        var options = new DestinationOptions
        {
            Weight = int.Parse(text.AsSpan(0, letter), System.Globalization.CultureInfo.InvariantCulture),
            Priority = priority < 0 ? 0 : text[priority + 1] - '0',
            Zone = zone < 0 ? null : text[(zone + 1)..(priority < 0 ? text.Length : priority)],
        };
        DestinationStatus status = text[letter] switch
        {
            'H' => new() { Active = DestinationHealth.Healthy },
            'U' => new() { Active = DestinationHealth.Unhealthy },
            'D' => new() { Override = DestinationOverride.Draining },
            'O' => new() { Override = DestinationOverride.Unhealthy },
            _ => new(),
        };
        return new(TestDestinations.Named(((char)('a' + index)).ToString(), index + 1), options, status);
    }
}
