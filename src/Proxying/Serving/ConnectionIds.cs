using System.Globalization;

namespace Net2Secure.Routing.Proxying.Serving;

/// <summary>Names for connections, for logs.</summary>
internal static class ConnectionIds
{
    private static long s_last;

    /// <summary>One that this process has not used before.</summary>
    public static string Next() => string.Create(CultureInfo.InvariantCulture, $"N{Interlocked.Increment(ref s_last):X8}");
}
