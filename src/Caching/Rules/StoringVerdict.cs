namespace Net2Secure.Routing.Caching;

/// <summary>Whether a response is stored, and if not, why.</summary>
internal enum StoringVerdict
{
    /// <summary>It is stored.</summary>
    Store,

    /// <summary>Its status is not one to store: not final, a 304 or 416, or unknown where it must be understood.</summary>
    Status,

    /// <summary>It is a part, and it does not say of what, or for how long.</summary>
    Part,

    /// <summary>The client has asked that it be not.</summary>
    RequestNoStore,

    /// <summary><c>no-store</c>.</summary>
    NoStore,

    /// <summary><c>private</c>.</summary>
    Private,

    /// <summary>The request had credentials, and the response does not say that others may have it.</summary>
    Authorization,

    /// <summary><c>Vary: *</c>, or more variance than is kept: it would never match.</summary>
    Vary,

    /// <summary>It sets a cookie.</summary>
    SetCookie,

    /// <summary>Its URI was invalidated, or it was purged, while it was on its way.</summary>
    Outdated,

    /// <summary>It could be neither reused nor validated.</summary>
    Useless,
}
