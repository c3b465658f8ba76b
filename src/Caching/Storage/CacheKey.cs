namespace Net2Secure.Routing.Caching;

/// <summary>What the responses to requests for one URI are kept under (RFC 9111 §2). The method is always GET.</summary>
/// <param name="Uri">Scheme, host in lower case, port unless it is the scheme's own, path and query exactly as they were asked for.</param>
/// <param name="Partition">Keeps apart those who share a store and must not share responses, such as two clients with credentials of their own. Empty: no partition.</param>
public readonly record struct CacheKey(string Uri, string Partition = "")
{
    /// <summary>The URI, after the partition where there is one.</summary>
    public override string ToString() => string.IsNullOrEmpty(Partition) ? Uri : $"{Partition} {Uri}";
}
