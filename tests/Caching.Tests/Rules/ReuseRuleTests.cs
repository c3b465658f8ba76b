using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.2, §5.2.1, §5.4; RFC 5861.</summary>
public sealed class ReuseRuleTests
{
    [Theory]
    [InlineData("max-age=60", "", 59, "Fresh")]
    [InlineData("max-age=60", "", 60, "Validate")]
    [InlineData("max-age=60, must-revalidate", "", 59, "Fresh")]
    [InlineData("max-age=60, proxy-revalidate", "", 59, "Fresh")]
    [InlineData("max-age=60, no-cache", "", 1, "Validate")]
    [InlineData("max-age=60, no-cache=\"x\"", "", 1, "Fresh")]
    [InlineData("", "", 0, "Validate")]
    [InlineData("max-age=60", "Cache-Control: no-cache", 1, "Validate")]
    [InlineData("max-age=60", "Pragma: no-cache", 1, "Validate")]
    [InlineData("max-age=60", "Pragma: foo", 1, "Fresh")]
    [InlineData("max-age=60", "Pragma: no-cache|Cache-Control: foo", 1, "Fresh")]
    [InlineData("max-age=60", "Cache-Control: max-age=10", 10, "Fresh")]
    [InlineData("max-age=60", "Cache-Control: max-age=10", 11, "Validate")]
    [InlineData("max-age=60", "Cache-Control: max-age=0", 1, "Validate")]
    [InlineData("max-age=60", "Cache-Control: max-age=x", 11, "Fresh")]
    [InlineData("max-age=60", "Cache-Control: min-fresh=10", 50, "Fresh")]
    [InlineData("max-age=60", "Cache-Control: min-fresh=10", 51, "Validate")]
    [InlineData("max-age=60", "Cache-Control: max-stale", 100000, "Stale")]
    [InlineData("max-age=60", "Cache-Control: max-stale=10", 70, "Stale")]
    [InlineData("max-age=60", "Cache-Control: max-stale=10", 71, "Validate")]
    [InlineData("max-age=60, must-revalidate", "Cache-Control: max-stale", 61, "Validate")]
    [InlineData("max-age=60, proxy-revalidate", "Cache-Control: max-stale", 61, "Validate")]
    [InlineData("s-maxage=60", "Cache-Control: max-stale", 61, "Validate")]
    [InlineData("max-age=60, stale-while-revalidate=30", "", 60, "StaleWhileRevalidate")]
    [InlineData("max-age=60, stale-while-revalidate=30", "", 90, "StaleWhileRevalidate")]
    [InlineData("max-age=60, stale-while-revalidate=30", "", 91, "Validate")]
    [InlineData("max-age=60, stale-while-revalidate=30, must-revalidate", "", 61, "Validate")]
    [InlineData("max-age=60, stale-while-revalidate=30", "Cache-Control: no-cache", 61, "Validate")]
    [InlineData("max-age=60, stale-while-revalidate=30", "Cache-Control: max-age=20", 61, "Validate")]
    [InlineData("max-age=60, stale-if-error=30", "", 61, "Validate")]
    public void Decide_AgeAndWishes_Count(string cacheControl, string request, int age, string expected) => Assert.Equal(
        expected, ReuseRule.Decide(Policy(200, $"Cache-Control: {cacheControl}"), RequestDirectives.Read(View(Fields(request))), Noon.AddSeconds(age)).ToString());

    [Theory]
    [InlineData("max-age=60", "", "Validate")]
    [InlineData("max-age=60", "Cache-Control: max-stale", "Validate")]
    [InlineData("max-age=60, must-revalidate, stale-while-revalidate=30", "", "Validate")]
    [InlineData("max-age=60, stale-while-revalidate=30", "", "StaleWhileRevalidate")]
    public void Decide_ResponseInDoubt_IsStaleFromNowOn(string cacheControl, string request, string expected)
    {
        // RFC 9111 §4.3.5
        var head = Head(200, $"Cache-Control: {cacheControl}").With(isDoubted: true);
        Assert.Equal(expected, ReuseRule.Decide(head.Policy, RequestDirectives.Read(View(Fields(request))), Noon).ToString());
    }

    [Theory]
    [InlineData("Cache-Control: NO-STORE", false, true, false)]
    [InlineData("Cache-Control: Only-If-Cached, no-cache", true, false, true)]
    [InlineData("Cache-Control: x|Cache-Control: no-cache", true, false, false)]
    [InlineData("Cache-Control: a=\"no-cache, no-store\"", false, false, false)]
    public void RequestDirectives_InAnyCaseAndLine_AreRead(string request, bool noCache, bool noStore, bool onlyIfCached)
    {
        var directives = RequestDirectives.Read(View(Fields(request)));
        Assert.Equal((noCache, noStore, onlyIfCached), (directives.NoCache, directives.NoStore, directives.OnlyIfCached));
    }

    [Theory]
    [InlineData("max-age=60, stale-if-error=30", 90, true)]
    [InlineData("max-age=60, stale-if-error=30", 91, false)]
    [InlineData("max-age=60", 61, false)]
    [InlineData("max-age=60, stale-if-error=30, must-revalidate", 61, false)]
    [InlineData("s-maxage=60, stale-if-error=30", 61, false)]
    [InlineData("max-age=60, stale-if-error=30, no-cache", 61, false)]
    public void MayServeOnError_OnlyWithinStaleIfError(string cacheControl, int age, bool expected) =>
        Assert.Equal(expected, StaleRule.MayServeOnError(Policy(200, $"Cache-Control: {cacheControl}"), Noon.AddSeconds(age)));

    [Theory]
    [InlineData("max-age=60", 61, true)]
    [InlineData("max-age=60", 160, true)]
    [InlineData("max-age=60", 161, false)]
    [InlineData("max-age=60, stale-if-error=1000", 161, true)]
    [InlineData("max-age=60, must-revalidate", 61, false)]
    [InlineData("max-age=60, proxy-revalidate", 61, false)]
    [InlineData("s-maxage=60", 61, false)]
    [InlineData("max-age=60, no-cache", 61, false)]
    public void MayServeWhenUnreachable_ByDefaultWithinTheBound(string cacheControl, int age, bool expected) =>
        Assert.Equal(expected, StaleRule.MayServeWhenUnreachable(Policy(200, $"Cache-Control: {cacheControl}"), Noon.AddSeconds(age), TimeSpan.FromSeconds(100)));

    private static string[] Fields(string lines) => lines.Split('|', StringSplitOptions.RemoveEmptyEntries);
}
