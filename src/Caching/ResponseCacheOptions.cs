namespace Net2Secure.Routing.Caching;

/// <summary>Whether and how the responses of a route are cached (RFC 9111).</summary>
public sealed class ResponseCacheOptions
{
    /// <summary>Switches the cache on. Default: <see langword="false"/>.</summary>
    public bool Enabled { get; set; }

    /// <summary>Whether responses with <c>Set-Cookie</c> are stored: <c>WhenPublic</c>, <c>Always</c> or <c>Never</c>. Default: <c>WhenPublic</c>.</summary>
    public string? StoreSetCookie { get; set; }
}
