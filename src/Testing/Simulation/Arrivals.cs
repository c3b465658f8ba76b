using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Testing;

/// <summary>How requests come. Immutable and thread-safe.</summary>
public sealed class Arrivals
{
    private readonly Func<double, RandomSource, double> _next;

    // From the time of a request to that of the one after it, in seconds.
    private Arrivals(Func<double, RandomSource, double> next) => _next = next;

    /// <summary>By chance, independently of each other, as those of many clients do.</summary>
    /// <param name="perSecond">How many on average, above 0.</param>
    public static Arrivals Poisson(double perSecond)
    {
        Check(perSecond, nameof(perSecond));
        return new((now, random) => now + Gap(perSecond, random));
    }

    /// <summary>At equal distances.</summary>
    /// <param name="perSecond">How many, above 0.</param>
    public static Arrivals Constant(double perSecond)
    {
        Check(perSecond, nameof(perSecond));
        return new((now, _) => now + (1 / perSecond));
    }

    /// <summary>By chance, at a rate that grows (or falls) evenly for some time, and then stays.</summary>
    /// <param name="from">Requests per second in the beginning, above 0.</param>
    /// <param name="to">Requests per second in the end, above 0.</param>
    /// <param name="over">The time in between, above 0.</param>
    public static Arrivals Ramp(double from, double to, TimeSpan over)
    {
        Check(from, nameof(from));
        Check(to, nameof(to));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(over, TimeSpan.Zero);
        return Thinned(Math.Max(from, to), now => from + ((to - from) * Math.Min(1, now / over.TotalSeconds)));
    }

    /// <summary>By chance at one rate, and at the beginning of each period for a while at another.</summary>
    /// <param name="perSecond">Requests per second between the bursts, above 0.</param>
    /// <param name="inBursts">Requests per second in them, above 0.</param>
    /// <param name="every">From the beginning of one to that of the next, above <paramref name="lasting"/>.</param>
    /// <param name="lasting">How long each lasts, above 0.</param>
    public static Arrivals Bursts(double perSecond, double inBursts, TimeSpan every, TimeSpan lasting)
    {
        Check(perSecond, nameof(perSecond));
        Check(inBursts, nameof(inBursts));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lasting, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(every, lasting);
        return Thinned(Math.Max(perSecond, inBursts), now => now % every.TotalSeconds < lasting.TotalSeconds ? inBursts : perSecond);
    }

    internal double After(double now, RandomSource random) => _next(now, random);

    // Lewis and Shedler: draw at the highest rate, and keep each with the chance that the present rate gives it. Exact, whatever the rate does meanwhile.
    private static Arrivals Thinned(double highest, Func<double, double> rate) => new((now, random) =>
    {
        do now += Gap(highest, random);
        while (random.NextDouble() * highest >= rate(now));
        return now;
    });

    private static double Gap(double perSecond, RandomSource random) => -Math.Log(1 - random.NextDouble()) / perSecond;

    private static void Check(double perSecond, string name)
    {
        if (!(perSecond > 0) || !double.IsFinite(perSecond)) throw new ArgumentOutOfRangeException(name, perSecond, "Requests per second have to be above 0, and finite.");
    }
}
