namespace Net2Secure.Routing.Balancing.Tests.Affinity;

/// <summary>What a client does with cookies and keys in headers.</summary>
internal static class CookieJar
{
    /// <summary>A request with the cookies that a response has set, as a client would send them.</summary>
    public static HttpRequestMessage WithCookiesOf(this HttpRequestMessage request, HttpResponseMessage? response)
    {
        if (response is null || SetCookies(response) is not { Length: > 0 } set) return request;
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", set.Select(c => c.Split(';')[0])));
        return request;
    }

    public static HttpRequestMessage WithCookie(this HttpRequestMessage request, string cookie)
    {
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        return request;
    }

    public static string[] SetCookies(this HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Set-Cookie", out var values) ? [.. values] : [];

    /// <summary>The value that a response sets a cookie to.</summary>
    public static string ValueOf(this HttpResponseMessage response, string name) =>
        Assert.Single(response.SetCookies(), c => c.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..].Split(';')[0];

    public static string? CookiesOf(HttpRequestMessage request) => request.Headers.NonValidated.TryGetValues("Cookie", out var values) ? values.ToString() : null;
}
