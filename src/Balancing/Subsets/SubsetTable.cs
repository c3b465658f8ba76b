namespace Net2Secure.Routing.Balancing;

/// <summary>For one combination of keys: what a choice is made from, for each combination of values that a destination has. Immutable.</summary>
/// <remarks>There are never more subsets than destinations, whatever requests ask for. Found by one lookup per key; allocates nothing.</remarks>
internal sealed class SubsetTable
{
    private readonly Node _root;

    private SubsetTable(string[] keys, Node root)
    {
        Keys = keys;
        _root = root;
    }

    /// <summary>The keys, sorted.</summary>
    public string[] Keys { get; }

    /// <summary>Makes the table.</summary>
    /// <param name="keys">The keys, sorted.</param>
    /// <param name="destinations">The destinations of the cluster; those that lack a key are in no subset.</param>
    /// <param name="options">The settings of the cluster.</param>
    /// <param name="policy">Its policy.</param>
    /// <param name="before">The table until now: what does not change is kept.</param>
    public static SubsetTable Create(string[] keys, ReadOnlySpan<WeighedDestination> destinations, ClusterOptions options, ILoadBalancingPolicy policy, SubsetTable? before)
    {
        var root = new Node();
        foreach (var destination in destinations)
        {
            var node = root;
            foreach (var key in keys)
            {
                if (ValueOf(destination.Options, key) is { Length: > 0 } value) node = node.Child(value);
                else
                {
                    node = null;
                    break;
                }
            }

            node?.Add(destination);
        }

        root.Build(options, policy, before?._root);
        return new SubsetTable(keys, root);
    }

    /// <summary>What the choice is made from, or <see langword="null"/> when no destination fits.</summary>
    public ChoiceSet? Find(in SubsetCriteria criteria)
    {
        var node = _root;
        for (var i = 0; i < Keys.Length; i++)
        {
            if (!node.Children.TryGetValue(criteria.Value(i), out node)) return null;
        }

        return node.Choice;
    }

    // The dictionary may be the user's own, which minds case.
    private static string? ValueOf(DestinationOptions options, string key)
    {
        if (options.Metadata.TryGetValue(key, out var value)) return value;
        foreach (var (name, other) in options.Metadata)
        {
            if (string.Equals(name, key, StringComparison.OrdinalIgnoreCase)) return other;
        }

        return null;
    }

    private sealed class Node
    {
        private List<WeighedDestination>? _members;

        public Dictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);

        public ChoiceSet? Choice { get; private set; }

        public Node Child(string value)
        {
            if (!Children.TryGetValue(value, out var child)) Children.Add(value, child = new Node());
            return child;
        }

        public void Add(in WeighedDestination destination) => (_members ??= []).Add(destination);

        public void Build(ClusterOptions options, ILoadBalancingPolicy policy, Node? before)
        {
            if (_members is not null)
            {
                Choice = ChoiceSet.Create([.. _members], options, policy, before?.Choice);
                _members = null;
            }

            foreach (var (value, child) in Children) child.Build(options, policy, before?.Children.GetValueOrDefault(value));
        }
    }
}
