using System.Globalization;

namespace Net2Secure.Routing.Caching;

/// <summary>Says in a response how the cache has handled its request (RFC 9211), where that is wanted.</summary>
internal sealed class CacheStatus(string? name)
{
    /// <summary>It was forwarded because nothing was stored for its URI.</summary>
    public const string UriMiss = "uri-miss";

    /// <summary>It was forwarded because nothing that is stored for its URI is for it.</summary>
    public const string VaryMiss = "vary-miss";

    /// <summary>It was forwarded because what is stored is stale.</summary>
    public const string Stale = "stale";

    /// <summary>It was forwarded because it asked for that.</summary>
    public const string Request = "request";

    /// <summary>It was forwarded because of its method.</summary>
    public const string Method = "method";

    /// <summary>It was forwarded because the cache has nothing to do with it.</summary>
    public const string Bypass = "bypass";

    public HttpResponseMessage Hit(HttpResponseMessage response, ResponsePolicy policy, DateTimeOffset now) => HitText(policy, now) is { } text ? Add(response, text) : response;

    /// <summary>What is said of a hit; <see langword="null"/>: nothing.</summary>
    public string? HitText(ResponsePolicy policy, DateTimeOffset now)
    {
        if (name is null) return null;
        var left = policy.FreshnessLeftAt(now).Ticks / TimeSpan.TicksPerSecond;
        return string.Create(CultureInfo.InvariantCulture, $"{name}; hit; ttl={Math.Clamp(left, -int.MaxValue, int.MaxValue)}");
    }

    /// <param name="response">The response.</param>
    /// <param name="reason">Why the request was forwarded, one of the constants.</param>
    /// <param name="status">The status of what the origin has answered, where that is not the status of the response.</param>
    /// <param name="isStored">The response was stored.</param>
    /// <param name="isCollapsed">Another request was forwarded, and this one waited for it.</param>
    public HttpResponseMessage Forwarded(HttpResponseMessage response, string reason, int? status = null, bool isStored = false, bool isCollapsed = false)
    {
        if (name is null) return response;
        var text = $"{name}; fwd={reason}";
        if (status is { } code) text += string.Create(CultureInfo.InvariantCulture, $"; fwd-status={code}");
        if (isStored) text += "; stored";
        if (isCollapsed) text += "; collapsed";
        return Add(response, text);
    }

    /// <summary>The request could have been answered from the store only, and was not.</summary>
    public HttpResponseMessage Unavailable(HttpResponseMessage response, string detail) => name is null ? response : Add(response, $"{name}; detail={detail}");

    private static HttpResponseMessage Add(HttpResponseMessage response, string text)
    {
        // Behind those of the caches nearer to the origin (RFC 9211 §2).
        response.Headers.TryAddWithoutValidation(FieldNames.CacheStatus, text);
        return response;
    }
}
