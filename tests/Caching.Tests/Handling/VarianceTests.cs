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
    public async Task Get_NoVariantForIt_OffersTheTagsOfTheOthers()
    {
        // RFC 9111 §4.3.1
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "Vary: A", "ETag: \"1\""), Ok("2", "Cache-Control: max-age=60", "Vary: A", "ETag: W/\"2\""));
        await cache.GetAsync("/", "A: 1");
        await cache.GetAsync("/", "A: 2");
        cache.Answer(NotModified("ETag: \"1\"", "Vary: A", "X-New: 1"));
        var third = await cache.GetAsync("/", "A: 3");
        Assert.Equal((200, "1", "1"), (third.Status, third.Body, third.Value("X-New")));
        Assert.Equal("W/\"2\", \"1\"", cache.Requests[2].Value("If-None-Match"));
        cache.Pass(59);
        foreach (var (value, body) in new[] { ("1", "1"), ("2", "2"), ("3", "1") }) Assert.Equal(body, (await cache.GetAsync("/", $"A: {value}")).Body);
        Assert.Equal(3, cache.Requests.Length);
    }

    [Theory]
    [InlineData("ETag: \"x\"")]
    [InlineData("ETag: W/\"3\"")]
    [InlineData("X: y")]
    public async Task Get_OriginChoosesNoneOfTheTagsOffered_IsAskedForTheWhole(string field)
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "Vary: A", "ETag: \"1\""), Ok("2", "Cache-Control: max-age=60", "Vary: A", "ETag: \"2\""));
        await cache.GetAsync("/", "A: 1");
        await cache.GetAsync("/", "A: 2");
        cache.Answer(NotModified(field), Ok("3", "Cache-Control: max-age=60", "Vary: A"));
        Assert.Equal("3", (await cache.GetAsync("/", "A: 3")).Body);
        Assert.False(cache.Requests[3].Has("If-None-Match"));
    }

    [Fact]
    public async Task Get_NoVariantForIt_TagsOfOtherCodingsAreNotOffered()
    {
        // Origins that give one tag to all codings are many.
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("zipped", "Cache-Control: max-age=60", "Vary: Accept-Encoding", "ETag: \"1\"", "Content-Encoding: gzip"), Ok("plain", "Cache-Control: max-age=60", "Vary: Accept-Encoding", "ETag: \"1\""));
        await cache.GetAsync("/", "Accept-Encoding: gzip");
        Assert.Equal("plain", (await cache.GetAsync()).Body);
        Assert.False(cache.Requests[1].Has("If-None-Match"));
    }

    [Fact]
    public async Task Get_NoVariantForIt_ConditionsOfTheClientGoAsTheyAre()
    {
        await using var cache = new CacheUnderTest();
        cache.Answer(Ok("1", "Cache-Control: max-age=60", "Vary: A", "ETag: \"1\""), NotModified("ETag: \"c\""));
        await cache.GetAsync("/", "A: 1");
        Assert.Equal(304, (await cache.GetAsync("/", "A: 2", "If-None-Match: \"c\"")).Status);
        Assert.Equal("\"c\"", cache.Requests[1].Value("If-None-Match"));
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
