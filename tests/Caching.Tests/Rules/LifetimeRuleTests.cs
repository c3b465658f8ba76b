using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.2.1, §4.2.2, §5.3.</summary>
public sealed class LifetimeRuleTests
{
    private const string Far = "Expires: Fri, 31 Dec 9999 23:59:59 GMT";

    [Theory]
    [InlineData(60, "SMaxAge", "Cache-Control: max-age=5, s-maxage=60")]
    [InlineData(5, "SMaxAge", "Cache-Control: s-maxage=5, max-age=60")]
    [InlineData(5, "SMaxAge", "Cache-Control: max-age=60", "Cache-Control: s-maxage=5")]
    [InlineData(5, "SMaxAge", "Cache-Control: s-maxage=5", "Cache-Control: max-age=60")]
    [InlineData(0, "SMaxAge", "Cache-Control: s-maxage=x, max-age=60")]
    [InlineData(60, "MaxAge", "Cache-Control: max-age=60", "Expires: 0")]
    [InlineData(60, "MaxAge", "Cache-Control: max-age=60", "Expires: Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData(0, "MaxAge", "Cache-Control: max-age=0", Far)]
    [InlineData(0, "MaxAge", "Cache-Control: max-age=-1", Far)]
    [InlineData(60, "Expires", "Date: Tue, 24 Nov 2026 12:00:00 GMT", "Expires: Tue, 24 Nov 2026 12:01:00 GMT")]
    [InlineData(60, "Expires", "Date: Tue, 24 Nov 2099 12:00:00 GMT", "Expires: Tue, 24 Nov 2099 12:01:00 GMT")]
    [InlineData(0, "Expires", "Date: Tue, 24 Nov 2099 12:00:00 GMT", "Expires: Tue, 24 Nov 2099 12:00:00 GMT")]
    [InlineData(0, "Expires", "Date: Tue, 24 Nov 2099 12:00:00 GMT", "Expires: Tue, 24 Nov 2099 11:00:00 GMT")]
    [InlineData(60, "Expires", "Expires: Tue, 24 Nov 2026 12:01:00 GMT")] // without Date: since it came
    [InlineData(60, "Expires", "Date: now", "Expires: Tue, 24 Nov 2026 12:01:00 GMT")]
    [InlineData(60, "Expires", "Expires: Tuesday, 24-Nov-26 12:01:00 GMT")]
    [InlineData(60, "Expires", "Expires: Tue Nov 24 12:01:00 2026")]
    [InlineData(0, "Expires", "Expires: 0")]
    [InlineData(0, "Expires", "Expires: 3600")]
    [InlineData(0, "Expires", "Expires: -1")]
    [InlineData(0, "Expires", "Expires: ")]
    [InlineData(0, "Expires", "Expires: Tue, 24 Nov 2026 12:01:00 UTC")]
    [InlineData(60, "Expires", "Expires: Tue, 24 Nov 2026 12:01:00 GMT", "Expires: Tue, 24 Nov 2026 12:01:00 GMT")]
    [InlineData(0, "Expires", "Expires: Tue, 24 Nov 2026 12:01:00 GMT", "Expires: Tue, 24 Nov 2026 12:02:00 GMT")]
    [InlineData(0, "Expires", "Expires: Tue, 24 Nov 2026 12:01:00 GMT", "Expires: 0")]
    [InlineData(0, "None")]
    [InlineData(0, "None", "ETag: \"a\"")]
    public void Of_WhateverIsPresentFirst_Decides(int seconds, string source, params string[] lines)
    {
        var lifetime = Policy(200, lines).Lifetime;
        Assert.Equal((TimeSpan.FromSeconds(seconds), source), (lifetime.Length, lifetime.Source.ToString()));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(203)]
    [InlineData(204)]
    [InlineData(300)]
    [InlineData(301)]
    [InlineData(308)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(410)]
    [InlineData(414)]
    [InlineData(501)]
    public void Of_HeuristicStatus_IsATenthOfTheTimeSinceModification(int status) =>
        Assert.Equal(new Lifetime(TimeSpan.FromSeconds(100), LifetimeSource.Heuristic), Policy(status, $"Last-Modified: {DateAt(-1000)}", "Content-Disposition: attachment").Lifetime);

    [Theory]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(206)]
    [InlineData(299)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(599)]
    public void Of_OtherStatus_IsGuessedOnlyWithPublic(int status)
    {
        Assert.Equal(LifetimeSource.None, Policy(status, $"Last-Modified: {DateAt(-1000)}").Lifetime.Source);
        Assert.Equal(LifetimeSource.Heuristic, Policy(status, $"Last-Modified: {DateAt(-1000)}", "Cache-Control: public").Lifetime.Source);
    }

    [Theory]
    [InlineData(-1_000_000_000, 86400)] // at most a day
    [InlineData(-864_000, 86400)]
    [InlineData(-10, 1)]
    [InlineData(0, 0)]
    public void Of_LastModified_IsBounded(int modified, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Policy(200, $"Date: {DateAt(0)}", $"Last-Modified: {DateAt(modified)}").Lifetime.Length);

    [Theory]
    [InlineData("Tue, 24 Nov 2026 12:00:01 GMT")] // modified after it was made
    [InlineData("yesterday")]
    public void Of_LastModifiedThatMakesNoSense_IsNotGuessed(string modified) =>
        Assert.Equal(LifetimeSource.None, Policy(200, $"Date: {DateAt(0)}", $"Last-Modified: {modified}").Lifetime.Source);
}
