using static Net2Secure.Routing.Caching.Tests.Handling.CacheUnderTest;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>Requirement 9 (RFC 9111 §4.1).</summary>
public sealed class VarianceTests
{
    [Fact]
    public async Task Get_SeveralVariants_StandSideBySide()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("gzip", "Cache-Control: max-age=60", "Vary: Accept-Encoding"), Ok("br", "Cache-Control: max-age=60", "Vary: Accept-Encoding"), Ok("none", "Cache-Control: max-age=60", "Vary: Accept-Encoding"));
        foreach (var _ in new[] { 1, 2 })
        {
            Assert.Equal("gzip", (await cache.GetAsync("/", "Accept-Encoding: gzip")).Body);
            Assert.Equal("br", (await cache.GetAsync("/", "Accept-Encoding: br")).Body);
            Assert.Equal("none", (await cache.GetAsync("/", "Accept: x")).Body);
        }

        Assert.Equal(3, cache.Requests.Length);
    }

    [Theory]
    [InlineData("A: 1, 2", "A: 1 ,2")]
    [InlineData("A: 1, 2|B: x", "B: y|A: 1|A: 2")]
    public async Task Get_ValuesThatMeanTheSame_Match(string stored, string asked)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "Vary: a"));
        await cache.GetAsync("/", stored.Split('|'));
        Assert.Equal("1", (await cache.GetAsync("/", asked.Split('|'))).Body);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("Accept, *")]
    public async Task Get_VaryByEverything_NeverMatches(string vary)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", $"Vary: {vary}"), Ok("2"));
        await cache.GetAsync();
        Assert.Equal("2", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Get_StarInAnotherLine_NeverMatches()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "Vary: Accept", "Vary: *"), Ok("2"));
        await cache.GetAsync();
        Assert.Equal("2", (await cache.GetAsync()).Body);
    }

    [Fact]
    public async Task Get_LanguageThatIsWantedMost_IsAnsweredByAnyRequestForIt()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("de", "Cache-Control: max-age=60", "Vary: Accept-Language", "Content-Language: de"));
        await cache.GetAsync("/", "Accept-Language: fr;q=0.5, de");
        Assert.Equal("de", (await cache.GetAsync("/", "Accept-Language: DE, en;q=0.1")).Body);
        Assert.Single(cache.Requests);
    }
}
