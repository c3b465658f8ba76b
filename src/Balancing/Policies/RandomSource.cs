namespace Net2Secure.Routing.Balancing;

/// <summary>Where policies get chance from, so that a test can script it. Implementations are thread-safe.</summary>
public abstract class RandomSource
{
    /// <summary>A number from 0 up to, but without, <paramref name="exclusiveMax"/>, which is above 0.</summary>
    public abstract int Next(int exclusiveMax);

    /// <summary>A number from 0 up to, but without, 1.</summary>
    public abstract double NextDouble();
}
