using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9111 §5.2.2, §4.2.1.</summary>
public sealed class ResponseDirectivesTests
{
    [Theory]
    [InlineData("no-store", "NoStore")]
    [InlineData("NO-STORE, Max-Age=5", "NoStore")]
    [InlineData("no-cache, private, public, must-revalidate, proxy-revalidate, must-understand", "NoCache, Private, Public, MustRevalidate, ProxyRevalidate, MustUnderstand")]
    [InlineData("private=\"x\"", "Private")]
    [InlineData("x=\"no-store\", y", "None")]
    [InlineData("no-storex, xno-cache", "None")]
    [InlineData("x=\"no-store", "None")]
    public void Read_Flags_InAnyCaseAndPlace(string field, string expected) => Assert.Equal(expected, ResponseDirectives.ReadCacheControl(field).Flags.ToString());

    [Fact]
    public void Read_StrayQuote_DoesNotHideWhatFollows() => Assert.True(ResponseDirectives.ReadCacheControl("x=\"a, no-store").Has(ResponseFlags.NoStore));

    [Theory]
    [InlineData("x=\"a, max-age=60, s-maxage=60, public, must-understand, stale-while-revalidate=5, stale-if-error=5", "None", 0)]
    [InlineData("max-age=60, x=\"a, max-age=5, must-revalidate, private", "Private, MustRevalidate", 60)]
    [InlineData("x=\"a\", max-age=60, public", "Public", 60)]
    [InlineData("max-age=60, no-cache=\"Set-Cookie", "NoCache", 60)]
    public void Read_BehindAQuoteWithoutEnd_OnlyWhatRestrictsCounts(string field, string flags, int maxAge)
    {
        var directives = ResponseDirectives.ReadCacheControl(field);

        Assert.Equal(flags, directives.Flags.ToString());
        Assert.Equal(maxAge, directives.MaxAge);
        Assert.True(directives.SMaxAge <= 0);
        Assert.Equal((-1, -1, null), (directives.StaleWhileRevalidate, directives.StaleIfError, directives.NoCacheFields));
    }

    [Theory]
    [InlineData("max-age=60", 60)]
    [InlineData("max-age=\"60\"", 60)] // §5.2: recipients should take both forms
    [InlineData("max-age=0060", 60)]
    [InlineData("max-age=99999999999", int.MaxValue)]
    [InlineData("max-age=60, max-age=1", 60)]
    [InlineData("max-age=-1", 0)]
    [InlineData("max-age=1.5", 0)]
    [InlineData("max-age=abc", 0)]
    [InlineData("max-age=60a", 0)]
    [InlineData("max-age='60'", 0)]
    [InlineData("max-age", 0)]
    [InlineData("max-age=", 0)]
    [InlineData("max-age = 60", -1)]
    [InlineData("max-age= 60", -1)]
    [InlineData("x=\"max-age=60\"", -1)]
    [InlineData("", -1)]
    public void Read_MaxAge_InvalidMeansStale(string field, int expected)
    {
        Assert.Equal(expected, ResponseDirectives.ReadCacheControl(field).MaxAge);
        Assert.Equal(expected, ResponseDirectives.ReadCacheControl(field.Replace("max-age", "s-maxage", StringComparison.Ordinal)).SMaxAge);
    }

    [Fact]
    public void Read_SeveralLines_AreOneListOfWhichTheFirstCounts()
    {
        var directives = ResponseDirectives.Read(View("Cache-Control: max-age=1", "Cache-Control: max-age=2, s-maxage=3"));
        Assert.Equal((1, 3), (directives.MaxAge, directives.SMaxAge));
    }

    [Theory]
    [InlineData("stale-while-revalidate=5, stale-if-error=6", 5, 6)]
    [InlineData("stale-while-revalidate=x, stale-if-error", -1, -1)]
    public void Read_StaleDirectives_InvalidMeansNone(string field, int whileRevalidate, int ifError)
    {
        var directives = ResponseDirectives.ReadCacheControl(field);
        Assert.Equal((whileRevalidate, ifError), (directives.StaleWhileRevalidate, directives.StaleIfError));
    }

    [Theory]
    [InlineData("no-cache=\"a, b\"", "None", "a, b")]
    [InlineData("no-cache=a", "None", "a")]
    [InlineData("no-cache=\"a\", no-cache=\"b\"", "None", "a,b")]
    [InlineData("no-cache=\"a\", no-cache", "NoCache", "a")]
    [InlineData("no-cache=\"\"", "NoCache", null)]
    public void Read_NoCacheWithNames_IsAboutThese(string field, string flags, string? names)
    {
        var directives = ResponseDirectives.ReadCacheControl(field);
        Assert.Equal((flags, names), (directives.Flags.ToString(), directives.NoCacheFields));
    }
}
