using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9213 §2.</summary>
public sealed class TargetedDirectivesTests
{
    [Theory]
    [InlineData("max-age=60", "max-age=1", 60)]
    [InlineData("max-age=1", "max-age=60", 1)]
    [InlineData("max-age=60", "no-store", 60)]
    [InlineData("max-age=999999999999", "", int.MaxValue)]
    [InlineData("max-age=60, x, y=\"z\"", "", 60)]
    [InlineData("max-age=-5", "", 0)]
    [InlineData("max-age=5, max-age=7", "", 7)]
    public void Read_InOrder_AloneDecides(string targeted, string cacheControl, int maxAge)
    {
        var directives = ResponseDirectives.Read(View($"CDN-Cache-Control: {targeted}", $"Cache-Control: {cacheControl}"));
        Assert.Equal(maxAge, directives.MaxAge);
        Assert.Equal(ResponseFlags.Targeted, directives.Flags);
    }

    [Theory]
    [InlineData("")]
    [InlineData("max-age=\"60\"")]
    [InlineData("max-age=60.5")]
    [InlineData("max-age")]
    [InlineData("max-age=abc")]
    [InlineData("s-maxage=\"60\"")]
    [InlineData("max-age =60")]
    [InlineData("Max-Age=60")]
    [InlineData("max-age=60, ,")]
    [InlineData("max-age=1000000000000000")]
    public void Read_NotInOrder_CountsAsNoField(string targeted) =>
        Assert.Equal(7, ResponseDirectives.Read(View($"CDN-Cache-Control: {targeted}", "Cache-Control: max-age=7")).MaxAge);

    [Theory]
    [InlineData("no-store", "NoStore")]
    [InlineData("private", "Private")]
    [InlineData("no-cache", "NoCache")]
    [InlineData("must-revalidate", "MustRevalidate")]
    [InlineData("no-store=?0", "None")]
    [InlineData("no-store=1", "NoStore")]
    public void Read_Flags_AreBooleans(string targeted, string expected) =>
        Assert.Equal(expected, (ResponseDirectives.Read(View($"CDN-Cache-Control: {targeted}")).Flags & ~ResponseFlags.Targeted).ToString());

    [Fact]
    public void Lifetime_Targeted_LeavesExpiresOut()
    {
        Assert.Equal(LifetimeSource.None, Policy(200, "CDN-Cache-Control: must-revalidate", $"Expires: {DateAt(60)}").Lifetime.Source);
        Assert.Equal(TimeSpan.Zero, Policy(200, "CDN-Cache-Control: max-age=0", $"Expires: {DateAt(60)}").Lifetime.Length);
        Assert.Equal(TimeSpan.FromSeconds(60), Policy(200, "CDN-Cache-Control: max-age=60", "Expires: 0").Lifetime.Length);
    }

    [Fact]
    public void Lifetime_TargetedWithoutOne_IsGuessedAsEver() =>
        Assert.Equal(LifetimeSource.Heuristic, Policy(200, "CDN-Cache-Control: must-revalidate", $"Last-Modified: {DateAt(-100)}", "Cache-Control: max-age=5").Lifetime.Source);
}
