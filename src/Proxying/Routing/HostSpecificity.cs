using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Net2Secure.Routing.Proxying;

/// <summary>How closely the hosts of an endpoint say which host a request asked for.</summary>
internal static class HostSpecificity
{
    /// <returns>More for a longer name, and of equal names for one with the port; 0 where the endpoint takes every host.</returns>
    public static int Of(Endpoint endpoint, HttpRequest request)
    {
        if (endpoint.Metadata.GetMetadata<IHostMetadata>() is not { } metadata) return 0;
        var best = 0;
        for (var i = 0; i < metadata.Hosts.Count; i++) best = Math.Max(best, Of(metadata.Hosts[i], request));
        return best;
    }

    private static int Of(ReadOnlySpan<char> pattern, HttpRequest request)
    {
        var colon = pattern.IndexOf(':');
        var hasPort = colon >= 0;
        if (hasPort)
        {
            var port = request.Host.Port ?? (request.IsHttps ? 443 : 80);
            if (!ushort.TryParse(pattern[(colon + 1)..], out var wanted) || wanted != port) return 0;
            pattern = pattern[..colon];
        }
        var matches = pattern is "*" || (pattern.StartsWith("*.")
            ? request.Host.Host.AsSpan().EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : pattern.Equals(request.Host.Host, StringComparison.OrdinalIgnoreCase));
        return matches ? (2 * pattern.Length) + (hasPort ? 1 : 0) : 0;
    }
}
