namespace Net2Secure.Routing.Caching;

/// <summary>Makes the key of a request (RFC 9111 §2, RFC 9110 §7.1).</summary>
internal static class KeyRule
{
    /// <summary>The key of a request: what was said to be its URI (<see cref="CachingRequestOptions.Uri"/>), else its own with the host of its <c>Host</c> field.</summary>
    /// <returns><see langword="false"/>: its URI is not an absolute one of http or https.</returns>
    public static bool TryGet(HttpRequestMessage request, string partition, out CacheKey key)
    {
        key = default;
        if (request.Options.TryGetValue(CachingRequestOptions.Uri, out var given))
        {
            key = new CacheKey(given, partition);
            return true;
        }

        if (request.RequestUri is not { IsAbsoluteUri: true } uri || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)) return false;
        key = new CacheKey(For(uri, new FieldView(request).First("Host")), partition);
        return true;
    }

    /// <summary>The URI of a key.</summary>
    /// <param name="uri">An absolute URI of http or https.</param>
    /// <param name="host">The host that is asked for, where it is not that of the URI.</param>
    public static string For(Uri uri, string? host = null) => $"{uri.Scheme}://{(host is null ? uri.Authority : Authority(uri.Scheme, host))}{uri.PathAndQuery}";

    private static string Authority(string scheme, string host)
    {
        var port = scheme == Uri.UriSchemeHttp ? ":80" : ":443";
        return (host.EndsWith(port, StringComparison.Ordinal) ? host[..^port.Length] : host).ToLowerInvariant();
    }
}
