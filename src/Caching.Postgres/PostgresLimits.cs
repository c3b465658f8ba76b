namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>What the settings of the store may be; the same in code and in configurations.</summary>
internal static class PostgresLimits
{
    public const int MaxName = 63;
    public const int MaxTable = 48;
    public const long MinBytes = 1024 * 1024;
    public const long MaxBytes = 1L << 44;
    public const int MaxConnections = 1000;

    public static readonly TimeSpan ShortestCommand = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestCommand = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(365);
    public static readonly TimeSpan ShortestSweep = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestSweep = TimeSpan.FromHours(1);
}
