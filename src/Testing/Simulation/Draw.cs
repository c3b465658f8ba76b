using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Testing;

/// <summary>A time that is drawn by chance, again for each request. Immutable and thread-safe.</summary>
public sealed class Draw
{
    private readonly Func<RandomSource, double> _seconds;

    private Draw(Func<RandomSource, double> seconds) => _seconds = seconds;

    /// <summary>Always the same.</summary>
    public static Draw Constant(TimeSpan time)
    {
        Check(time, nameof(time));
        var seconds = time.TotalSeconds;
        return new(_ => seconds);
    }

    /// <summary>Any time between two, all equally likely.</summary>
    public static Draw Uniform(TimeSpan least, TimeSpan most)
    {
        Check(least, nameof(least));
        ArgumentOutOfRangeException.ThrowIfLessThan(most, least);
        return new(random => least.TotalSeconds + (random.NextDouble() * (most - least).TotalSeconds));
    }

    /// <summary>Exponential: short times are likely, very long ones happen.</summary>
    /// <param name="mean">The mean, a fixed part included.</param>
    /// <param name="fixedPart">The part that it takes always, up to <paramref name="mean"/>. Default: 0.</param>
    public static Draw Exponential(TimeSpan mean, TimeSpan fixedPart = default)
    {
        Check(fixedPart, nameof(fixedPart));
        ArgumentOutOfRangeException.ThrowIfLessThan(mean, fixedPart);
        var (least, rest) = (fixedPart.TotalSeconds, (mean - fixedPart).TotalSeconds);
        return new(random => least - (rest * Math.Log(1 - random.NextDouble())));
    }

    /// <summary>Log-normal, as latencies of real servers mostly are: half of the times are below the median, and a tail above.</summary>
    /// <param name="median">The median, above 0.</param>
    /// <param name="p99">What 99 of 100 stay below, the median or more.</param>
    public static Draw LogNormal(TimeSpan median, TimeSpan p99)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(median, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(p99, median);
        const double sigmas = 2.3263; // of the normal distribution, at 99 %
        var (middle, sigma) = (median.TotalSeconds, Math.Log(p99 / median) / sigmas);
        return new(random => middle * Math.Exp(sigma * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())));
    }

    internal double Seconds(RandomSource random) => _seconds(random);

    private static void Check(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero) throw new ArgumentOutOfRangeException(name, time, "A time that is drawn is 0 or more.");
    }
}
