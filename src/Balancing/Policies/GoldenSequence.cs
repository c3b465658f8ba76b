namespace Net2Secure.Routing.Balancing;

/// <summary>Numbers between 0 and 1 that lie as evenly as can be, however many of them are taken, and also if only every second or third of them is: multiples of the golden ratio, without their whole part (Weyl, 1916).</summary>
internal static class GoldenSequence
{
    /// <summary>The fraction of the golden ratio in units of 2^-64.</summary>
    private const ulong Step = 0x9E37_79B9_7F4A_7C15;

    /// <summary>The number of a turn.</summary>
    public static double At(ulong turn) => (turn * Step >> 11) * (1.0 / (1UL << 53));
}
