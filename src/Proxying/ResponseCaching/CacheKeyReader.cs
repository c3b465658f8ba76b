using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>Makes the key of a request that came in (RFC 9111 §2): all of it that decides what an origin answers and that is not a field which <c>Vary</c> could name.</summary>
internal static class CacheKeyReader
{
    /// <summary>The key: the URI as the client has asked for it, and what else an origin may take for a part of it (<see cref="UriFields"/>).</summary>
    /// <param name="request">The request.</param>
    /// <param name="pathAndQuery">Path and query, as they came.</param>
    /// <param name="partition">The partition of the route.</param>
    public static CacheKey Read(HttpRequest request, string pathAndQuery, string partition)
    {
        var isHttps = request.IsHttps;
        var host = request.Headers.Host.ToString();
        var authority = HasUpperCase(host) ? host.ToLowerInvariant() : host;
        var port = isHttps ? ":443" : ":80";
        if (authority.EndsWith(port, StringComparison.Ordinal)) authority = authority[..^port.Length];
        var scheme = isHttps ? "https://" : "http://";
        var uri = request.PathBase.HasValue
            ? string.Concat(scheme, authority, request.PathBase.ToUriComponent(), pathAndQuery)
            : string.Concat(scheme, authority, pathAndQuery);
        var added = UriFields.Read(request.Headers, isHttps ? "https" : "http", authority);
        return new CacheKey(uri, added is null ? partition : string.Concat(partition, "\n", added));
    }

    private static bool HasUpperCase(string text) => text.AsSpan().IndexOfAnyInRange('A', 'Z') >= 0;
}
