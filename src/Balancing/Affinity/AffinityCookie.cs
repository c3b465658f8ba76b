using System.Globalization;

namespace Net2Secure.Routing.Balancing;

/// <summary>Writes a cookie with the attributes that the settings ask for (RFC 6265 §4.1). Immutable, made once per configuration.</summary>
internal sealed class AffinityCookie
{
    private readonly string _name;
    private readonly string _attributes;
    private readonly string _secure;
    private readonly TimeSpan? _expiration;
    private readonly bool _isEssential;
    private readonly bool? _isSecure;
    private readonly bool _keepOutOfSharedCaches;
    private readonly TimeProvider _time;

    public AffinityCookie(SessionAffinityOptions options, TimeProvider time)
    {
        var cookie = options.Cookie ?? new AffinityCookieOptions();
        _name = options.AffinityKeyName!;
        _time = time;
        _expiration = cookie.Expiration;
        _isEssential = cookie.IsEssential ?? false;
        _keepOutOfSharedCaches = options.KeepOutOfSharedCaches ?? true;
        _isSecure = cookie.SecurePolicy?.ToUpperInvariant() switch { "ALWAYS" => true, "NONE" => false, _ => null };
        _attributes = string.Concat(
            cookie.MaxAge is { } age ? string.Create(CultureInfo.InvariantCulture, $"; Max-Age={(long)age.TotalSeconds}") : "",
            string.IsNullOrEmpty(cookie.Domain) ? "" : "; Domain=" + cookie.Domain,
            "; Path=" + (string.IsNullOrEmpty(cookie.Path) ? "/" : cookie.Path),
            (cookie.HttpOnly ?? true ? "; HttpOnly" : "") + SameSite(cookie.SameSite));
        _secure = _attributes + "; Secure";
    }

    /// <summary>Whether what is written changes with time, so that it cannot be written beforehand.</summary>
    public bool IsTimed => _expiration is not null;

    /// <summary>The value of a <c>Set-Cookie</c> field.</summary>
    public string Write(string value, bool isSecure)
    {
        var expires = _expiration is { } lifetime ? "; Expires=" + Until(_time.GetUtcNow(), lifetime).ToString("r", CultureInfo.InvariantCulture) : "";
        return string.Concat(_name + "=" + value, expires, isSecure ? _secure : _attributes);
    }

    /// <summary>Whether the cookie has to be <c>Secure</c> in the answer to a request.</summary>
    public bool IsSecureFor(HttpRequestMessage request) =>
        _isSecure ?? (request is RoutedRequestMessage routed ? routed.IsClientSecure : request.RequestUri is { IsAbsoluteUri: true } uri && uri.Scheme == Uri.UriSchemeHttps);

    /// <summary>Adds the cookie to an answer, beside those of the destination, unless the client wants none.</summary>
    public void Issue(HttpRequestMessage request, HttpResponseMessage response, string field)
    {
        if (!_isEssential && request is RoutedRequestMessage { RefusesCookies: true }) return;
        if (!response.Headers.TryAddWithoutValidation("Set-Cookie", field)) return;
        RequestRouting.GetOrCreate(request).Issued = ("Set-Cookie", field);
        if (_keepOutOfSharedCaches) SharedCaches.KeepOut(response, "set-cookie");
    }

    private static DateTimeOffset Until(DateTimeOffset now, TimeSpan lifetime) => lifetime < DateTimeOffset.MaxValue - now ? now + lifetime : DateTimeOffset.MaxValue;

    private static string SameSite(string? mode) => mode?.ToUpperInvariant() switch
    {
        "NONE" => "; SameSite=None",
        "STRICT" => "; SameSite=Strict",
        "UNSPECIFIED" => "",
        _ => "; SameSite=Lax",
    };
}
