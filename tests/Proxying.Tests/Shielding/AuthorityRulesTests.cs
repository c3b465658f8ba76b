using System.Text;

namespace Net2Secure.Routing.Proxying.Tests.Shielding;

/// <summary>RFC 9110 §7.2 and RFC 3986 §3.2, on octets; the rules for text are the same and tested with <see cref="FieldRulesTests"/>.</summary>
public sealed class AuthorityRulesTests
{
    [Theory]
    [InlineData("a:0", true)]
    [InlineData("a:00080", true)]
    [InlineData("a:000080", false)]
    [InlineData("[::]", true)]
    [InlineData("[:]", false)]
    [InlineData("[]", false)]
    [InlineData("[", false)]
    [InlineData("[::1]:", false)]
    [InlineData("[::1]:x", false)]
    [InlineData("[[::1]]", false)]
    [InlineData("a]", false)]
    [InlineData("a[::1]", false)]
    [InlineData("a;b", false)]
    [InlineData("a&b", false)]
    [InlineData("\0", false)]
    [InlineData("a\u00ff", false)]
    public void IsAuthority_Octets_NameOneHost(string text, bool expected) => Assert.Equal(expected, AuthorityRules.IsAuthority(Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void IsAuthority_LongerThanAnyName_IsRefused()
    {
        Assert.True(AuthorityRules.IsAuthority(new string('a', AuthorityRules.MaxLength)));
        Assert.False(AuthorityRules.IsAuthority(new string('a', AuthorityRules.MaxLength + 1)));
        Assert.False(AuthorityRules.IsAuthority(Encoding.ASCII.GetBytes(new string('a', AuthorityRules.MaxLength + 1))));
    }
}
