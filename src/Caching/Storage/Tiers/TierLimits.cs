namespace Net2Secure.Routing.Caching;

/// <summary>What the settings of every store behind the one in memory may be that a fleet shares; the same in code and in configurations.</summary>
internal static class TierLimits
{
    public const long MinBodyBytes = 1024;
    public const long MaxBodyBytes = 64L * 1024 * 1024;
    public const long MaxTransferBytes = 1L << 40;

    public static readonly TimeSpan LongestStale = TimeSpan.FromDays(30);
    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromMinutes(1);
}
