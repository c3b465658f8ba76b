namespace Net2Secure.Routing.Balancing.Tests;

/// <summary>The same chance in every run.</summary>
internal sealed class SeededRandomSource(int seed) : RandomSource
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    public override int Next(int exclusiveMax)
    {
        lock (_lock) return _random.Next(exclusiveMax);
    }

    public override double NextDouble()
    {
        lock (_lock) return _random.NextDouble();
    }
}
