namespace Net2Secure.Routing.Caching;

/// <summary>What a cache knows of status codes (RFC 9110 §15).</summary>
internal static class StatusRules
{
    /// <summary>Whether this cache does all that the definition of the status asks of one, which <c>must-understand</c> makes a condition (RFC 9111 §5.2.2.3): the registered ones, but 304 and 206 only as they are handled here.</summary>
    public static bool IsUnderstood(int status) => status switch
    {
        >= 200 and <= 208 or 226 => true,
        >= 300 and <= 305 or 307 or 308 => true,
        >= 400 and <= 418 or >= 421 and <= 426 or 428 or 429 or 431 or 451 => true,
        >= 500 and <= 508 or 510 or 511 => true,
        _ => false,
    };

    /// <summary>Whether a lifetime may be guessed (RFC 9110 §15.1). 206 is heuristically cacheable too; here it is stored with explicit freshness only.</summary>
    public static bool IsHeuristicallyCacheable(int status) => status is 200 or 203 or 204 or 300 or 301 or 308 or 404 or 405 or 410 or 414 or 501;

    /// <summary>Whether a setting may give it a lifetime where it states none: what says that there is nothing to be had.</summary>
    public static bool IsNegative(int status) => status is 404 or 405 or 410 or 414 or 501;

    /// <summary>Whether an answer says that the origin could not, rather than would not (RFC 5861 §4).</summary>
    public static bool IsError(int status) => status is 500 or 502 or 503 or 504;
}
