using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Affinity;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Affinity;

/// <summary>An encrypted cookie with a lifetime is renewed while its client comes, once more than half of it is gone.</summary>
public sealed class ProtectedCookieAffinityTests
{
    private static readonly AffinityCookieOptions TwoHours = new() { MaxAge = TimeSpan.FromHours(2) };

    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Destination[] _destinations = [Named("a"), Named("b")];
    private readonly AffinityProtection _protection = new(
        new ServiceCollection().AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()).BuildServiceProvider());

    [Fact]
    public void Remember_ClientThatKeepsComing_IsGivenANewCookieAfterHalfOfTheLifetime()
    {
        var first = Serve(TwoHours, null)!;
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(Serve(TwoHours, first));
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = Serve(TwoHours, first)!;
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(Serve(TwoHours, second));
        Assert.Same(_destinations[1], Find(TwoHours, second).Destination);
    }

    [Fact]
    public void Remember_CookieWithoutATime_IsGoodAndReplacedByOneThatHasIt()
    {
        var before = Serve(null, null)!;
        Assert.Same(_destinations[1], Find(TwoHours, before).Destination);
        var after = Serve(TwoHours, before)!;
        Assert.Null(Serve(TwoHours, after));
    }

    [Fact]
    public void Remember_NoLifetime_IsLeftAsItIsWhateverItsAge()
    {
        var (plain, dated) = (Serve(null, null), Serve(TwoHours, null));
        _time.Advance(TimeSpan.FromDays(400));
        Assert.Null(Serve(null, plain));
        Assert.Null(Serve(null, dated));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("@\n")]
    [InlineData("@12\n")]
    [InlineData("@12")]
    [InlineData("@-1\n4\nshop\nz")]
    [InlineData("@99999999999999999999999\n4\nshop\nz")]
    public void Find_EncryptedTextThatIsNoName_IsUnknown(string text)
    {
        var cookie = Base64Url.EncodeToString(_protection.Protector.Protect(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(AffinityMatch.Unknown, Find(TwoHours, cookie));
    }

    private static Destination Named(string name) => new("shop", name, new Uri($"http://{name}.example/"), new DestinationOptions());

    private AffinityMatch Find(AffinityCookieOptions? options, string? cookie)
    {
        using var request = Request(cookie);
        var (affinity, settings, table) = Use(options);
        return affinity.Find(new AffinityContext(request, settings, _destinations, new DestinationSet([]), table));
    }

    /// <summary>Lets the second destination answer a client with a cookie, and gives the one that the client gets.</summary>
    private string? Serve(AffinityCookieOptions? options, string? cookie)
    {
        using var request = Request(cookie);
        using var response = new HttpResponseMessage();
        var (affinity, settings, table) = Use(options);
        affinity.Remember(new AffinityAnswer(request, settings, table, Find(options, cookie), _destinations[1], response));
        return response.Headers.TryGetValues("Set-Cookie", out var set) ? Assert.Single(set)["key=".Length..].Split(';')[0] : null;
    }

    private (ProtectedCookieAffinity Affinity, SessionAffinityOptions Settings, object Table) Use(AffinityCookieOptions? options)
    {
        var settings = new SessionAffinityOptions { Enabled = true, AffinityKeyName = "key", Cookie = options };
        var affinity = new ProtectedCookieAffinity(_protection, _time);
        return (affinity, settings, affinity.BuildTable(settings, _destinations));
    }

    private static HttpRequestMessage Request(string? cookie)
    {
        var request = new HttpRequestMessage();
        if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", "key=" + cookie);
        return request;
    }
}
