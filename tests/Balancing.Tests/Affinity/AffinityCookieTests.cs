using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Affinity;

/// <summary>Every attribute of the cookie takes effect.</summary>
public sealed class AffinityCookieTests
{
    private static readonly ManualTimeProvider Time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public static TheoryData<AffinityCookieOptions?, bool, string> Cookies => new()
    {
        { null, false, "k=v; Path=/; HttpOnly; SameSite=Lax" },
        { null, true, "k=v; Path=/; HttpOnly; SameSite=Lax; Secure" },
        { new() { SecurePolicy = "Always" }, false, "k=v; Path=/; HttpOnly; SameSite=Lax; Secure" },
        { new() { SecurePolicy = "none" }, true, "k=v; Path=/; HttpOnly; SameSite=Lax" },
        { new() { SecurePolicy = "SameAsRequest" }, true, "k=v; Path=/; HttpOnly; SameSite=Lax; Secure" },
        { new() { HttpOnly = false, SameSite = "Strict" }, false, "k=v; Path=/; SameSite=Strict" },
        { new() { SameSite = "None", SecurePolicy = "Always" }, false, "k=v; Path=/; HttpOnly; SameSite=None; Secure" },
        { new() { SameSite = "Unspecified" }, false, "k=v; Path=/; HttpOnly" },
        { new() { Path = "/shop", Domain = "shop.example" }, false, "k=v; Domain=shop.example; Path=/shop; HttpOnly; SameSite=Lax" },
        { new() { MaxAge = TimeSpan.FromHours(2) }, false, "k=v; Max-Age=7200; Path=/; HttpOnly; SameSite=Lax" },
        { new() { Expiration = TimeSpan.FromDays(1) }, false, "k=v; Expires=Mon, 02 Mar 2026 12:00:00 GMT; Path=/; HttpOnly; SameSite=Lax" },
    };

    [Theory]
    [MemberData(nameof(Cookies))]
    public void Write_Attributes_AreThoseOfTheSettings(AffinityCookieOptions? options, bool isHttps, string expected)
    {
        var cookie = new AffinityCookie(new SessionAffinityOptions { AffinityKeyName = "k", Cookie = options }, Time);
        using var request = new Arrived(isHttps, refusesCookies: false);
        Assert.Equal(expected, cookie.Write("v", cookie.IsSecureFor(request)));
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public void Issue_ClientHasNotAgreedToCookies_IssuesOnlyWhatIsEssential(bool refuses, bool isEssential, bool issues)
    {
        var cookie = new AffinityCookie(new SessionAffinityOptions { AffinityKeyName = "k", Cookie = new() { IsEssential = isEssential } }, Time);
        using var request = new Arrived(isHttps: false, refuses);
        using var response = new HttpResponseMessage();
        cookie.Issue(request, response, "k=v");
        Assert.Equal(issues, response.SetCookies().Length == 1);
    }

    [Theory]
    [InlineData("https://shop/", true)]
    [InlineData("http://shop/", false)]
    public void IsSecureFor_RequestOfAClient_GoesByItsUrl(string url, bool expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        Assert.Equal(expected, new AffinityCookie(new SessionAffinityOptions { AffinityKeyName = "k" }, Time).IsSecureFor(request));
    }

    private sealed class Arrived(bool isHttps, bool refusesCookies) : RoutedRequestMessage
    {
        internal override bool IsClientSecure => isHttps;

        internal override bool RefusesCookies => refusesCookies;
    }
}
