using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.4; RFC 9110 §9.3.3.</summary>
public sealed class InvalidationRuleTests
{
    [Theory]
    [InlineData("GET", false)]
    [InlineData("HEAD", false)]
    [InlineData("OPTIONS", false)]
    [InlineData("TRACE", false)]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    [InlineData("DELETE", true)]
    [InlineData("PATCH", true)]
    [InlineData("BREW", true)]
    public void IsUnsafe_AnyMethodButTheSafe(string method, bool expected) => Assert.Equal(expected, InvalidationRule.IsUnsafe(new HttpMethod(method)));

    [Theory]
    [InlineData(200, true)]
    [InlineData(204, true)]
    [InlineData(302, true)]
    [InlineData(399, true)]
    [InlineData(400, false)]
    [InlineData(500, false)]
    public void Succeeded_2xxAnd3xx(int status, bool expected) => Assert.Equal(expected, InvalidationRule.Succeeded(status));

    [Theory]
    [InlineData("/b?c", "http://shop.example/b?c")]
    [InlineData("b", "http://shop.example/a/b")]
    [InlineData("http://SHOP.example:80/b", "http://shop.example/b")]
    [InlineData("//shop.example/b", "http://shop.example/b")]
    [InlineData("http://shop.example", "http://shop.example/")]
    [InlineData("http://shop.example?c", "http://shop.example/?c")]
    [InlineData("/b#c", "http://shop.example/b")]
    [InlineData("/b?c#d", "http://shop.example/b?c")]
    [InlineData("https://shop.example/b")]
    [InlineData("http://shop.example:81/b")]
    [InlineData("http://other.example/b")]
    [InlineData("//other.example/b")]
    [InlineData("http://[")]
    [InlineData(null)]
    public void Resolve_References_OnlyOfTheSameOrigin(string? reference, params string[] expected) =>
        Assert.Equal(expected, InvalidationRule.Resolve(new Uri("http://shop.example/a/x"), reference));

    [Theory]
    [InlineData("/%7Eb", "http://shop.example/~b", "http://shop.example/%7Eb")]
    [InlineData("/%41?%27|", "http://shop.example/A?%27%7C", "http://shop.example/%41?%27|")]
    [InlineData("http://shop.example/%7Eb", "http://shop.example/~b", "http://shop.example/%7Eb")]
    [InlineData("//shop.example:80/%7Eb", "http://shop.example/~b", "http://shop.example/%7Eb")]
    [InlineData("/b/../c", "http://shop.example/c", "http://shop.example/b/../c")]
    public void Resolve_AsWrittenAndAsNormalised_BothAreMeant(string reference, params string[] expected) =>
        // Keys are URIs as clients have written them, and a client that follows the reference may do either.
        Assert.Equal(expected, InvalidationRule.Resolve(new Uri("http://shop.example/a/x"), reference));

    [Theory]
    [InlineData(true, 200, "Content-Location: /a", "Cache-Control: max-age=60")]
    [InlineData(true, 201, "Content-Location: http://shop.example/a", "Cache-Control: max-age=60")]
    [InlineData(false, 200, "Cache-Control: max-age=60")]
    [InlineData(false, 200, "Content-Location: /b", "Cache-Control: max-age=60")]
    [InlineData(false, 200, "Content-Location: /a")]
    [InlineData(false, 302, "Content-Location: /a", "Cache-Control: max-age=60")]
    [InlineData(false, 404, "Content-Location: /a", "Cache-Control: max-age=60")]
    public void AnswersGet_PostThatSaysSo(bool expected, int status, params string[] lines) =>
        Assert.Equal(expected, PostRule.AnswersGet(status, new Uri("http://shop.example/a"), View(lines), Policy(status, lines)));
}
