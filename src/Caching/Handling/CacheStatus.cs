using System.Globalization;

namespace Net2Secure.Routing.Caching;

/// <summary>Says how the cache has handled a request (RFC 9211), where that is wanted: in the response, and to the request itself.</summary>
/// <param name="name">The name of the cache; <see langword="null"/>: responses do not say it.</param>
/// <param name="requests">Knows which requests want to know.</param>
internal sealed class CacheStatus(string? name, ICacheRequests requests)
{
    /// <summary>It was forwarded because nothing was stored for its URI.</summary>
    public const string UriMiss = "uri-miss";

    /// <summary>It was forwarded because nothing that is stored for its URI is for it.</summary>
    public const string VaryMiss = "vary-miss";

    /// <summary>It was forwarded because of what it asks for only a part is stored.</summary>
    public const string Partial = "partial";

    /// <summary>It was forwarded because what is stored is stale, or must be validated each time.</summary>
    public const string Stale = "stale";

    /// <summary>It was forwarded because it asked for that.</summary>
    public const string Request = "request";

    /// <summary>It was forwarded because of its method.</summary>
    public const string Method = "method";

    /// <summary>It was forwarded because the cache has nothing to do with it.</summary>
    public const string Bypass = "bypass";

    public HttpResponseMessage Hit(HttpResponseMessage response, ResponsePolicy policy, DateTimeOffset now) => IsWanted(response) ? Tell(response, HitDecision(policy, now)) : response;

    /// <summary>What is said of a hit; <see langword="null"/>: nothing.</summary>
    public string? HitText(ResponsePolicy policy, DateTimeOffset now) => name is null ? null : $"{name}; {HitDecision(policy, now)}";

    /// <param name="response">The response.</param>
    /// <param name="reason">Why the request was forwarded, one of the constants.</param>
    /// <param name="status">The status of what the origin has answered, where that is not the status of the response.</param>
    /// <param name="isStored">The response was stored.</param>
    /// <param name="isCollapsed">Another request was forwarded, and this one waited for it.</param>
    public HttpResponseMessage Forwarded(HttpResponseMessage response, string reason, int? status = null, bool isStored = false, bool isCollapsed = false)
    {
        if (!IsWanted(response)) return response;
        var text = $"fwd={reason}";
        if (status is { } code) text += string.Create(CultureInfo.InvariantCulture, $"; fwd-status={code}");
        if (isStored) text += "; stored";
        if (isCollapsed) text += "; collapsed";
        return Tell(response, text);
    }

    /// <summary>The request could have been answered from the store only, and was not.</summary>
    public HttpResponseMessage Unavailable(HttpResponseMessage response, string detail) => IsWanted(response) ? Tell(response, $"detail={detail}") : response;

    /// <summary>A hit, without the name of the cache.</summary>
    public static string HitDecision(ResponsePolicy policy, DateTimeOffset now)
    {
        var left = policy.FreshnessLeftAt(now).Ticks / TimeSpan.TicksPerSecond;
        return string.Create(CultureInfo.InvariantCulture, $"hit; ttl={Math.Clamp(left, -int.MaxValue, int.MaxValue)}");
    }

    private bool IsWanted(HttpResponseMessage response) => name is not null || (response.RequestMessage is { } request && requests.WantsDecision(request));

    private HttpResponseMessage Tell(HttpResponseMessage response, string decision)
    {
        if (response.RequestMessage is { } request && requests.WantsDecision(request)) requests.Decided(request, decision);
        // Behind those of the caches nearer to the origin (RFC 9211 §2).
        if (name is not null) response.Headers.TryAddWithoutValidation(FieldNames.CacheStatus, $"{name}; {decision}");
        return response;
    }
}
