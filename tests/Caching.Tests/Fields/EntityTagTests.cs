namespace Net2Secure.Routing.Caching.Tests.Fields;

/// <summary>RFC 9110 §8.8.3, §13.1.2.</summary>
public sealed class EntityTagTests
{
    [Theory] // the table of RFC 9110 §8.8.3.2
    [InlineData("W/\"1\"", "W/\"1\"", false, true)]
    [InlineData("W/\"1\"", "W/\"2\"", false, false)]
    [InlineData("W/\"1\"", "\"1\"", false, true)]
    [InlineData("\"1\"", "\"1\"", true, true)]
    [InlineData("1", "1", false, true)] // malformed: as it stands, and never strong
    [InlineData("w/\"1\"", "\"1\"", false, false)]
    [InlineData("\"1", "\"1\"", false, false)]
    public void Compare_TwoTags_StronglyAndWeakly(string one, string other, bool strongly, bool weakly)
    {
        Assert.Equal(strongly, EntityTag.AreStronglyEqual(one, other));
        Assert.Equal(weakly, EntityTag.AreWeaklyEqual(one, other));
    }

    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("W/\"a\"", true)]
    [InlineData("\"x\", \"a\"", true)]
    [InlineData("\"x\" ,W/\"a\",\"y\"", true)]
    [InlineData("\"x, \\\", \"a\"", true)] // a backslash is a character like any other in a tag
    [InlineData("*", true)]
    [InlineData(" * ", true)]
    [InlineData("\"x\"", false)]
    [InlineData("\"x,a\"", false)]
    [InlineData("\"x\", *", false)]
    [InlineData("a", false)]
    [InlineData("", false)]
    public void IsListed_AnyList_FindsTheTagInAnyPlace(string list, bool expected) => Assert.Equal(expected, EntityTag.IsListed(list, "\"a\""));

    [Fact]
    public void IsListed_NoTagStored_OnlyTheStarMatches()
    {
        Assert.True(EntityTag.IsListed("*", null));
        Assert.False(EntityTag.IsListed("\"\"", null));
    }
}
