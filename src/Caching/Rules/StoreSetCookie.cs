namespace Net2Secure.Routing.Caching;

/// <summary>What becomes of responses that set cookies. A cookie for one client that is replayed to others is the classic leak of shared caches.</summary>
public enum StoreSetCookie
{
    /// <summary>They are stored only where the origin says in so many words that everybody may have them: by <c>public</c> or <c>s-maxage</c>.</summary>
    WhenPublic,

    /// <summary>They are stored like any other, to the letter of RFC 9111 §7.3.</summary>
    Always,

    /// <summary>They are not stored.</summary>
    Never,
}
