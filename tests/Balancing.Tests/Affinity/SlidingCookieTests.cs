using System.Buffers.Text;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Affinity;

/// <summary>A signed cookie with a lifetime is renewed while its client comes, once more than half of it is gone.</summary>
public sealed class SlidingCookieTests
{
    private static readonly Destination[] Destinations = [TestDestinations.Named("a"), TestDestinations.Named("b")];

    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public static TheoryData<AffinityCookieOptions> Lifetimes => new()
    {
        new AffinityCookieOptions { MaxAge = TimeSpan.FromHours(2) },
        new AffinityCookieOptions { Expiration = TimeSpan.FromHours(2) },
        new AffinityCookieOptions { MaxAge = TimeSpan.FromHours(2), Expiration = TimeSpan.FromDays(9) },
    };

    [Theory]
    [MemberData(nameof(Lifetimes), DisableDiscoveryEnumeration = true)]
    public void Remember_ClientThatKeepsComing_IsGivenANewCookieAfterHalfOfTheLifetime(AffinityCookieOptions cookie)
    {
        var used = Use(cookie);
        var first = used.Serve(null, Destinations[1])!;
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(used.Serve(first, Destinations[1]));
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = used.Serve(first, Destinations[1]);
        Assert.NotNull(second);
        Assert.NotEqual(first, second);
        Assert.Equal(AffinityMatch.Of(Destinations[1]), used.Find(second));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(used.Serve(second, Destinations[1]));
    }

    [Fact]
    public void Find_CookieOfAnyAge_IsGood()
    {
        var used = Use(new() { MaxAge = TimeSpan.FromHours(2) });
        var cookie = used.Serve(null, Destinations[0])!;
        foreach (var days in (int[])[0, 1, 400])
        {
            _time.Advance(TimeSpan.FromDays(days));
            Assert.Same(Destinations[0], used.Find(cookie).Destination);
        }
    }

    [Fact]
    public void Remember_CookieWithoutATime_IsGoodAndReplacedByOneThatHasIt()
    {
        var before = Use(null).Serve(null, Destinations[0])!;
        var used = Use(new() { MaxAge = TimeSpan.FromHours(2) });
        Assert.Same(Destinations[0], used.Find(before).Destination);
        var after = used.Serve(before, Destinations[0])!;
        Assert.Equal(before, after[..before.Length]);
        Assert.Null(used.Serve(after, Destinations[0]));
    }

    [Fact]
    public void Remember_CookieWithATimeWhereNoneIsAskedFor_IsLeftAsItIs()
    {
        var cookie = Use(new() { MaxAge = TimeSpan.FromHours(2) }).Serve(null, Destinations[0]);
        _time.Advance(TimeSpan.FromDays(30));
        Assert.Null(Use(null).Serve(cookie, Destinations[0]));
    }

    [Fact]
    public void Remember_CookieFromAClockThatIsAhead_IsLeftAsItIs()
    {
        _time.Advance(TimeSpan.FromMinutes(5));
        var cookie = Use(new() { MaxAge = TimeSpan.FromHours(2) }).Serve(null, Destinations[0]);
        var behind = new ManualTimeProvider(_time.GetUtcNow() - TimeSpan.FromMinutes(5));
        Assert.Null(new Used(new() { MaxAge = TimeSpan.FromHours(2) }, behind).Serve(cookie, Destinations[0]));
    }

    [Fact]
    public void Find_TimeThatWasTamperedWith_IsNoKey()
    {
        var used = Use(new() { MaxAge = TimeSpan.FromHours(2) });
        var good = Base64Url.DecodeFromChars(used.Serve(null, Destinations[0]));
        for (var i = 24; i < good.Length; i++)
        {
            var changed = (byte[])good.Clone();
            changed[i] ^= 1;
            Assert.Equal(AffinityMatch.Invalid, used.Find(Base64Url.EncodeToString(changed)));
        }
    }

    [Fact]
    public void Find_SecretOnItsWayOut_IsGoodWithItsTimeAndReplaced()
    {
        var cookie = new Used(new() { MaxAge = TimeSpan.FromHours(2) }, _time, "the old secret of all").Serve(null, Destinations[0])!;
        var both = new Used(new() { MaxAge = TimeSpan.FromHours(2) }, _time, "the new secret of all", "the old secret of all");
        Assert.Same(Destinations[0], both.Find(cookie).Destination);
        Assert.Null(both.Serve(both.Serve(cookie, Destinations[0])!, Destinations[0]));
    }

    // python3, with n = b'net2-affinity-1\n4\nSHOP\nA', k = b'0123456789abcdef', h = lambda m: hmac.new(k, m, hashlib.sha256).digest():
    // t = h(n)[:24] + (1772366400000).to_bytes(6, 'big'); base64.urlsafe_b64encode(t + h(b'net2-affinity-time-1\n' + t)[:18])
    [Fact]
    public void Serve_KnownSecretAndTime_IsTheSameInEveryProcessAndRelease() =>
        Assert.Equal("mcWGVhzqu0MmohRNPi_kp13CeCWzc_ZBAZypRQoAsErnmphwhnmftsVIZSqKMUk-", new Used(new() { MaxAge = TimeSpan.FromHours(2) }, _time, "0123456789abcdef").Serve(null, Destinations[0]));

    [Fact]
    public void Find_Cookies_AllocatesNothing()
    {
        var tokens = new AffinityTokens([[1, 2, 3]], Destinations, new SlidingLifetime(TimeSpan.FromHours(1), TimeProvider.System));
        var good = tokens.Dated(Destinations[0]);
        for (var i = 0; i < 200; i++) tokens.Read(good);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) tokens.Read(good);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private Used Use(AffinityCookieOptions? cookie) => new(cookie, _time);

    /// <summary>The way of affinity with its settings.</summary>
    private sealed class Used
    {
        private readonly SignedCookieAffinity _affinity;
        private readonly SessionAffinityOptions _options;
        private readonly object _table;

        public Used(AffinityCookieOptions? cookie, TimeProvider time, params string[] secrets)
        {
            _options = new() { Enabled = true, AffinityKeyName = "key", Cookie = cookie, Keys = secrets.Length == 0 ? ["one secret of many"] : [.. secrets] };
            _affinity = new SignedCookieAffinity(new AffinityKeys(), time);
            _table = _affinity.BuildTable(_options, Destinations);
        }

        public AffinityMatch Find(string? cookie) => Find(Request(cookie));

        /// <summary>Lets a destination answer a client with a cookie, and gives the one that the client gets.</summary>
        public string? Serve(string? cookie, Destination destination)
        {
            using var request = Request(cookie);
            using var response = new HttpResponseMessage();
            _affinity.Remember(new AffinityAnswer(request, _options, _table, Find(request), destination, response));
            return response.SetCookies().Length == 0 ? null : response.ValueOf("key");
        }

        private AffinityMatch Find(HttpRequestMessage request) => _affinity.Find(new AffinityContext(request, _options, Destinations, new DestinationSet([]), _table));

        private static HttpRequestMessage Request(string? cookie) => cookie is null ? new() : new HttpRequestMessage().WithCookie("key=" + cookie);
    }
}
