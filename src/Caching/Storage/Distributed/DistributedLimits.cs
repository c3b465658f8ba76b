namespace Net2Secure.Routing.Caching;

/// <summary>What the settings of the shared store may be; the same in code and in configurations.</summary>
internal static class DistributedLimits
{
    public const int MaxPrefix = 64;

    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(30);
    public static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(50);
    public static readonly TimeSpan LongestPoll = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LargestTolerance = TimeSpan.FromHours(1);
    public static readonly TimeSpan ShortestOperation = TimeSpan.FromMilliseconds(10);
    public static readonly TimeSpan LongestOperation = TimeSpan.FromMinutes(1);
}
