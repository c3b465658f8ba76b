using Net2Secure.Routing.Proxying.AccessLog;

namespace Net2Secure.Routing.Proxying.Tests.AccessLog;

public sealed class MaskedTextTests
{
    [Theory]
    [InlineData("/a", "/a")]
    [InlineData("/a?", "/a?")]
    [InlineData("/a?token=secret&page=2", "/a?token=*&page=*")]
    [InlineData("/a?token=sec=ret", "/a?token=*")]
    [InlineData("/a?secret", "/a?*")]
    [InlineData("/a?x=&&y", "/a?x=*&&*")]
    [InlineData("/a?b=1?c=2", "/a?b=*")]
    [InlineData("https://user.example/a?x=1#f", "https://user.example/a?x=*")]
    public void Target_LosesTheValuesOfItsQuery(string target, string expected)
    {
        Assert.Equal(expected, MaskedText.Target(target, showsSecrets: false));
        Assert.Equal(target, MaskedText.Target(target, showsSecrets: true));
    }

    [Theory]
    [InlineData("/a?")]
    [InlineData("/")]
    public void Target_HoweverLong_IsBounded(string start)
    {
        var target = start + string.Concat(Enumerable.Repeat("&n=v", 20_000));
        Assert.Equal(MaskedText.MaxLength, MaskedText.Target(target, showsSecrets: true).Length);
        Assert.Equal(MaskedText.MaxLength, MaskedText.Target(target, showsSecrets: false).Length);
    }
}
