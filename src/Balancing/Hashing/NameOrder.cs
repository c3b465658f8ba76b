namespace Net2Secure.Routing.Balancing;

/// <summary>An order of destinations that every process sees, whatever order its configuration has.</summary>
internal static class NameOrder
{
    /// <summary>The indexes of the destinations, by name.</summary>
    public static int[] Of(DestinationSet set)
    {
        var (names, order) = (new string[set.Count], new int[set.Count]);
        for (var i = 0; i < order.Length; i++) (names[i], order[i]) = (set[i].Id, i);
        Array.Sort(names, order, StringComparer.Ordinal);
        return order;
    }
}
