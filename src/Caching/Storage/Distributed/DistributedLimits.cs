namespace Net2Secure.Routing.Caching;

/// <summary>What the settings of the shared store may be; the same in code and in configurations.</summary>
internal static class DistributedLimits
{
    public const int MaxPrefix = 64;
    public const long MinBodyBytes = 1024;
    public const long MaxBodyBytes = 64L * 1024 * 1024;
    public const long MaxTransferBytes = 1L << 40;

    public static readonly TimeSpan LongestStale = TimeSpan.FromDays(30);
    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(30);
    public static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan LongestPoll = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LargestTolerance = TimeSpan.FromHours(1);
    public static readonly TimeSpan ShortestOperation = TimeSpan.FromMilliseconds(10);
    public static readonly TimeSpan LongestOperation = TimeSpan.FromMinutes(1);
}
