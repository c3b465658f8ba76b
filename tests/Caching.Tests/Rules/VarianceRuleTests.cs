using static Net2Secure.Routing.Caching.Tests.Rules.TestHeads;

namespace Net2Secure.Routing.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.1.</summary>
public sealed class VarianceRuleTests
{
    [Theory]
    [InlineData("A", "A: 1", "A: 1", true)]
    [InlineData("a", "A: 1", "a: 1", true)]
    [InlineData("A", "A: 1", "A: 2", false)]
    [InlineData("A", "A: 1", "B: 1", false)]
    [InlineData("A", "B: 1", "A: 1", false)]
    [InlineData("A", "B: 1", "B: 2", true)] // absent on both sides; B does not matter
    [InlineData("A", "A: ", "B: 1", false)] // empty is not absent
    [InlineData("A", "A: ", "A: ", true)]
    [InlineData("A", "A: x", "A: X", false)]
    [InlineData("A", "A: a,b", "A: a ,\tb", true)]
    [InlineData("A", "A: a, b", "A: a|A: b", true)]
    [InlineData("A", "A: a|A: b", "A: a,b", true)]
    [InlineData("A", "A: a, b", "A: b, a", false)]
    [InlineData("A", "A: a, b", "A: a", false)]
    [InlineData("A", "A: a", "A: a, b", false)]
    [InlineData("A", "A: \"a , b\"", "A: \"a,b\"", false)] // blanks inside quotes are part of the value
    [InlineData("A, B", "A: 1|B: 2", "B: 2|A: 1", true)]
    [InlineData("B ,, A", "A: 1|B: 2", "B: 2|A: 1", true)]
    [InlineData("A, B", "A: 1|B: 2", "A: 1|B: 3", false)]
    [InlineData("Accept-Language", "Accept-Language: en, de", "Accept-Language: DE,EN", true)]
    [InlineData("Accept-Language", "Accept-Language: en;q=0.5, de", "Accept-Language: de, en;q=0.50", true)]
    [InlineData("Accept-Language", "Accept-Language: en;q=0.5, de", "Accept-Language: en, de;q=0.5", false)]
    [InlineData("", "A: 1", "A: 2", true)]
    public void Matches_FieldsThatVaryNames_HaveToBeAlike(string vary, string stored, string asked, bool expected)
    {
        var head = Varying(View(stored.Split('|')), $"Vary: {vary}");
        Assert.Equal(expected, VarianceRule.Matches(head, View(asked.Split('|'))));
        var other = Varying(View(asked.Split('|')), $"Vary: {vary}");
        Assert.Equal(expected, other.Variant == head.Variant);
        Assert.Equal(other.Variant, VarianceRule.VariantOf(head.SelectingFields, View(asked.Split('|'))));
    }

    [Theory]
    [InlineData("de", "de, en;q=0.5", true)]
    [InlineData("DE, fr", "de", true)]
    [InlineData("de", "en, de;q=0.5", false)]
    [InlineData("de-AT", "de", false)]
    [InlineData("en", "*", false)]
    public void Matches_LanguageThatIsWantedMost_IsNotAskedForAgain(string contentLanguage, string asked, bool expected) => Assert.Equal(
        expected,
        VarianceRule.Matches(Varying(View("Accept-Language: x"), "Vary: Accept-Language", $"Content-Language: {contentLanguage}"), View($"Accept-Language: {asked}")));

    [Theory]
    [InlineData("*")]
    [InlineData("A, *")]
    [InlineData("*, A")]
    [InlineData(", ,*")]
    [InlineData("*, *")]
    public void TryRead_StarAnywhere_NeverMatches(string vary) => Assert.False(VarianceRule.TryRead(vary, View(), out _, out _));

    [Fact]
    public void TryRead_BeyondTheBounds_NeverMatches()
    {
        Assert.True(VarianceRule.TryRead(string.Join(',', Enumerable.Range(0, VarianceRule.MaxFields).Select(i => $"x{i}")), View(), out _, out _));
        Assert.False(VarianceRule.TryRead(string.Join(',', Enumerable.Range(0, VarianceRule.MaxFields + 1).Select(i => $"x{i}")), View(), out _, out _));
        Assert.False(VarianceRule.TryRead("A", View($"A: {new string('x', VarianceRule.MaxVariantLength)}"), out _, out _));
    }

    [Fact]
    public void TryRead_OneNameTwice_IsOne()
    {
        Assert.True(VarianceRule.TryRead("a, A", View("A: 1"), out var fields, out _));
        Assert.Equal([new SelectingField("a", "1")], fields);
    }

    [Fact]
    public void Choose_SeveralThatMatch_IsTheMostRecent()
    {
        // RFC 9111 §4
        var found = new[] { Stored(Head(200, $"Date: {DateAt(-5)}")), Stored(Head(200, $"Date: {DateAt(-1)}")), Stored(Head(200, $"Date: {DateAt(-3)}")) };
        Assert.Same(found[1], SelectionRule.Choose(found, View(), hasCredentials: false));
    }

    [Fact]
    public void Choose_RequestWithCredentials_TakesOnlyWhatAllowsIt()
    {
        // RFC 9111 §3.5
        var found = new[] { Stored(Head(200, "Cache-Control: max-age=60")) };
        Assert.Null(SelectionRule.Choose(found, View(), hasCredentials: true));
        Assert.NotNull(SelectionRule.Choose([Stored(Head(200, "Cache-Control: public"))], View(), hasCredentials: true));
    }

    private static StoredHead Stored(CachedHead head) => new(head);

    private sealed class StoredHead(CachedHead head) : CachedResponse
    {
        public override CachedHead Head => head;

        public override long Length => 0;

        public override ValueTask<Stream?> OpenAsync(long offset, long count, CancellationToken cancellationToken) => default;
    }
}
