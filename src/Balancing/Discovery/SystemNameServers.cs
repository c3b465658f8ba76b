using System.Net;
using System.Net.NetworkInformation;

namespace Net2Secure.Routing.Balancing;

/// <summary>The name servers that this system asks.</summary>
internal static class SystemNameServers
{
    private const string ResolverFile = "/etc/resolv.conf";
    private const int Most = 8;
    private const int LargestFile = 1 << 16;

    /// <summary>Reads them, each time anew: they change when a network does.</summary>
    public static IReadOnlyList<IPEndPoint> Read()
    {
        try
        {
            if (File.Exists(ResolverFile)) return Parse(ReadFile(ResolverFile));
            if (!OperatingSystem.IsWindows()) return [];
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .Where(n => n.OperationalStatus == OperationalStatus.Up && n.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .SelectMany(n => n.GetIPProperties().DnsAddresses)
                .Where(a => !a.IsIPv6SiteLocal)
                .Distinct()
                .Take(Most)
                .Select(a => new IPEndPoint(a, DnsClient.Port))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NetworkInformationException)
        {
            return [];
        }
    }

    /// <summary>The lines <c>nameserver</c> of a <c>resolv.conf</c> (5). The others concern names that are not whole, and how long to wait, which is said elsewhere here.</summary>
    public static IReadOnlyList<IPEndPoint> Parse(string text)
    {
        var servers = new List<IPEndPoint>();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var rest = line.Trim(" \t");
            if (!rest.StartsWith("nameserver", StringComparison.Ordinal) || rest.Length <= 10 || rest[10] is not (' ' or '\t')) continue;
            rest = rest[10..].Trim(" \t");
            if (rest.IndexOfAny(" \t#;") is >= 0 and var end) rest = rest[..end];
            if (servers.Count < Most && IPAddress.TryParse(rest, out var address)) servers.Add(new IPEndPoint(address, DnsClient.Port));
        }

        return servers;
    }

    private static string ReadFile(string path)
    {
        using var reader = new StreamReader(path);
        var buffer = new char[LargestFile];
        return new string(buffer, 0, reader.ReadBlock(buffer));
    }
}
