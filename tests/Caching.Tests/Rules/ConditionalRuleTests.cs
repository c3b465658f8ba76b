using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.3.2; RFC 9110 §13.</summary>
public sealed class ConditionalRuleTests
{
    private static readonly string[] Stored = ["ETag: \"a\"", "Last-Modified: Tue, 24 Nov 2026 11:00:00 GMT", "Date: Tue, 24 Nov 2026 12:00:00 GMT"];

    [Theory]
    [InlineData(true, "If-None-Match: \"a\"")]
    [InlineData(true, "If-None-Match: W/\"a\"")]
    [InlineData(true, "If-None-Match: \"x\", \"a\"")]
    [InlineData(true, "If-None-Match: \"x\"", "If-None-Match: \"a\"")]
    [InlineData(true, "If-None-Match: *")]
    [InlineData(false, "If-None-Match: \"b\"")]
    [InlineData(false, "If-None-Match: \"b\"", "If-Modified-Since: Tue, 24 Nov 2026 11:00:00 GMT")]
    [InlineData(true, "If-Modified-Since: Tue, 24 Nov 2026 11:00:00 GMT")]
    [InlineData(true, "If-Modified-Since: Tue, 24 Nov 2026 11:30:00 GMT")]
    [InlineData(true, "If-Modified-Since: Tuesday, 24-Nov-26 11:00:00 GMT")]
    [InlineData(false, "If-Modified-Since: Tue, 24 Nov 2026 10:59:59 GMT")]
    [InlineData(false, "If-Modified-Since: yesterday")]
    [InlineData(false)]
    public void IsNotModified_StoredResponse_GoesByItsValidators(bool expected, params string[] request) =>
        Assert.Equal(expected, ConditionalRule.IsNotModified(View(request), Head(200, Stored)));

    [Theory]
    [InlineData("Tue, 24 Nov 2026 12:00:00 GMT", true)]
    [InlineData("Tue, 24 Nov 2026 11:59:59 GMT", false)]
    public void IsNotModified_NoLastModified_GoesByDate(string since, bool expected) =>
        Assert.Equal(expected, ConditionalRule.IsNotModified(View($"If-Modified-Since: {since}"), Head(200, "Date: Tue, 24 Nov 2026 12:00:00 GMT")));

    [Theory]
    [InlineData(204, true)]
    [InlineData(301, false)]
    [InlineData(404, false)]
    public void IsNotModified_NoSuccess_HasNoConditions(int status, bool expected) =>
        Assert.Equal(expected, ConditionalRule.IsNotModified(View("If-None-Match: \"a\""), Head(status, Stored)));

    [Fact]
    public void IsForOrigin_ConditionsOfWriters_AreNotOurs()
    {
        Assert.True(ConditionalRule.IsForOrigin(View("If-Match: \"a\"")));
        Assert.True(ConditionalRule.IsForOrigin(View("If-Unmodified-Since: x")));
        Assert.False(ConditionalRule.IsForOrigin(View("If-None-Match: x")));
    }

    [Fact]
    public void IsSentWith304_FieldsForUpdating_AndNoOthers()
    {
        string[] all = ["ETag", "Date", "Cache-Control", "Expires", "Vary", "Content-Location", "Last-Modified", "Content-Type", "Content-Length", "Set-Cookie", "X-Any", "CDN-Cache-Control"];
        Assert.Equal(["ETag", "Date", "Cache-Control", "Expires", "Vary", "Content-Location", "CDN-Cache-Control"], all.Where(name => ConditionalRule.IsSentWith304(name, hasETag: true)));
        Assert.True(ConditionalRule.IsSentWith304("Last-Modified", hasETag: false));
    }
}
