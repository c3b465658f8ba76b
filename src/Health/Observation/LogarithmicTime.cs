using System.Numerics;

namespace Net2Secure.Routing.Health;

/// <summary>Durations on a logarithmic scale, in whole numbers: 256 steps for each doubling.</summary>
/// <remarks>
/// What is typical for a server is better told by the mean on this scale than by the plain one: one answer that took a minute among a hundred that took 5 ms would make 600 ms of the
/// latter and 5.5 ms of the former. Between powers of two it is read off a line instead of the curve, at most 6 % beside, for the sake of a few instructions instead of a logarithm.
/// </remarks>
internal static class LogarithmicTime
{
    private const int Steps = 256;

    /// <summary>A duration, in ticks, on the scale. 0 and less count as one tick.</summary>
    public static int Of(long ticks)
    {
        var value = ticks < 1 ? 1UL : (ulong)ticks;
        var power = BitOperations.Log2(value);
        return (power * Steps) + (int)((value << (63 - power) >> 55) & (Steps - 1));
    }

    /// <summary>The duration, in ticks, at a place on the scale.</summary>
    public static double Ticks(double place)
    {
        var power = Math.Floor(place / Steps);
        return Math.Pow(2, power) * (1 + ((place / Steps) - power));
    }
}
