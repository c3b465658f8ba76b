namespace Net2Secure.Routing.Caching.Tests.Fields;

/// <summary>RFC 9110 §12.5.4, §12.4.2.</summary>
public sealed class LanguagePreferenceTests
{
    [Theory]
    [InlineData("en, de", "de,en")]
    [InlineData("de;q=0.5, en", "EN,de;q=0.50")]
    [InlineData("de;q=1.000, en", "en;q=1,de")]
    [InlineData("en ; q=0.3", "en;q=0.3")]
    public void Canonical_ListsThatMeanTheSame_AreAlike(string one, string other) => Assert.Equal(LanguagePreference.Canonical(one), LanguagePreference.Canonical(other));

    [Theory]
    [InlineData("en, de;q=0.5", "de, en;q=0.5")]
    [InlineData("en", "en-GB")]
    [InlineData("en", "en;q=0.9")]
    [InlineData("en;q=x", "en")]
    public void Canonical_ListsThatDiffer_Differ(string one, string other) => Assert.NotEqual(LanguagePreference.Canonical(one), LanguagePreference.Canonical(other));

    [Theory]
    [InlineData("en, de", "en")]
    [InlineData("en;q=0.5, de", "de")]
    [InlineData("*, de;q=0.5", "")]
    [InlineData("en;q=0", "")]
    [InlineData("en;q=2", "")]
    [InlineData("en;level=1", "")]
    [InlineData("", "")]
    public void First_AnyList_IsTheFirstOfTheHighestWeight(string field, string expected) => Assert.Equal(expected, LanguagePreference.First(field).ToString());

    [Fact]
    public void Canonical_MoreRangesThanTheBound_IsTheListAsItStands()
    {
        var list = string.Join(", ", Enumerable.Range(0, 65).Select(i => $"X{i}"));
        Assert.Same(list, LanguagePreference.Canonical(list));
    }
}
