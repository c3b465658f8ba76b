namespace Net2Secure.Routing.Caching;

/// <summary>What a request can tell the cache that it passes (<see cref="HttpRequestMessage.Options"/>).</summary>
public static class CachingRequestOptions
{
    /// <summary>The URI that the client asked for, where that of the request is another or has been normalised: <c>https://shop.example/a%41?q</c>. Scheme and host in lower case, without the scheme's own port.</summary>
    public static HttpRequestOptionsKey<string> Uri { get; } = new("Net2Secure.Routing.Caching.Uri");
}
