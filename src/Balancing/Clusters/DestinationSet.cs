using System.Collections;
using System.Diagnostics;

namespace Net2Secure.Routing.Balancing;

/// <summary>The destinations that may be picked at one moment, each with its effective weight. Immutable.</summary>
/// <remarks>
/// Every destination in the set has a weight above zero. Index and enumerate freely from any thread; both cost nothing.
/// A new set is made whenever membership, health or a weight changes, so a policy may keep what it computed for a set for as long as it is handed the same one.
/// </remarks>
[DebuggerDisplay("{Count} destinations, weight {TotalWeight}")]
public sealed class DestinationSet : IReadOnlyList<Destination>
{
    private readonly Destination[] _destinations;
    private readonly double[] _weights;

    /// <summary>Makes a set; destinations of weight 0 are left out.</summary>
    /// <param name="destinations">Each destination with its effective weight, 0 or more and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite.</exception>
    public DestinationSet(IReadOnlyCollection<KeyValuePair<Destination, double>> destinations)
    {
        ArgumentNullException.ThrowIfNull(destinations);
        var members = new List<Destination>(destinations.Count);
        var weights = new List<double>(destinations.Count);
        foreach (var (destination, weight) in destinations)
        {
            if (weight < 0 || !double.IsFinite(weight))
                throw new ArgumentOutOfRangeException(nameof(destinations), weight, $"The weight of destination '{destination.Id}' has to be 0 or more, and finite.");
            if (weight == 0) continue;
            members.Add(destination);
            weights.Add(weight);
            TotalWeight += weight;
        }

        _destinations = [.. members];
        _weights = [.. weights];
        HasEqualWeights = _weights.Length == 0 || _weights.AsSpan().IndexOfAnyExcept(_weights[0]) < 0;
    }

    /// <summary>A set without members.</summary>
    public static DestinationSet Empty { get; } = new([]);

    /// <summary>How many destinations there are.</summary>
    public int Count => _destinations.Length;

    /// <summary>Sum of the effective weights.</summary>
    public double TotalWeight { get; }

    /// <summary>Whether all weights are the same, so that a policy may take its simpler way.</summary>
    public bool HasEqualWeights { get; }

    /// <summary>The destinations, in the order of the configuration.</summary>
    public ReadOnlySpan<Destination> Destinations => _destinations;

    /// <summary>The effective weights, in the order of <see cref="Destinations"/>; each above zero.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    /// <inheritdoc/>
    public Destination this[int index] => _destinations[index];

    /// <summary>This set without some of its members; the set itself when none of them is in it.</summary>
    internal DestinationSet Without(ReadOnlySpan<Destination> excluded)
    {
        if (excluded.IsEmpty) return this;
        var left = new List<KeyValuePair<Destination, double>>(_destinations.Length);
        for (var i = 0; i < _destinations.Length; i++)
        {
            if (!excluded.Holds(_destinations[i])) left.Add(new(_destinations[i], _weights[i]));
        }

        return left.Count == _destinations.Length ? this : new DestinationSet(left);
    }

    /// <summary>Whether another set has the same members with the same weights in the same order.</summary>
    internal bool SameAs(DestinationSet other) => _weights.AsSpan().SequenceEqual(other._weights) && _destinations.AsSpan().SequenceEqual(other._destinations);

    /// <inheritdoc/>
    public IEnumerator<Destination> GetEnumerator() => ((IEnumerable<Destination>)_destinations).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
