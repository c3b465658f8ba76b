using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Testing;

/// <summary>The same chance in every run. Thread-safe; with several threads that draw at once, who gets which number is theirs to settle.</summary>
/// <param name="seed">Another seed, another course. The runtime keeps the sequence of a seed from release to release.</param>
public sealed class SeededRandomSource(int seed) : RandomSource
{
#pragma warning disable CA5394 // foreseeable is what it is for
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public override int Next(int exclusiveMax)
    {
        lock (_lock) return _random.Next(exclusiveMax);
    }

    /// <inheritdoc/>
    public override double NextDouble()
    {
        lock (_lock) return _random.NextDouble();
    }
#pragma warning restore CA5394
}
