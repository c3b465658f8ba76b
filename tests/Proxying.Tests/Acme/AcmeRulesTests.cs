using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Acme;

namespace Net2Secure.Routing.Proxying.Tests.Acme;

public sealed class AcmeRulesTests
{
    [Fact]
    public void Validate_AllThatIsWrong_IsSaidAtOnce()
    {
        var errors = new List<ConfigError>();

        AcmeRules.Validate(new() { Directory = new("http://ca.example/directory"), Email = "a b", Hosts = ["*.shop.example", "10.0.0.1", "shop.example"] }, "Acme", errors);

        Assert.Equal(["Acme:Directory", "Acme:AcceptTerms", "Acme:Email", "Acme:Hosts:0", "Acme:Hosts:1"], errors.Select(e => e.Path));
    }

    [Theory]
    [InlineData("https://ca.example/directory")]
    [InlineData("http://127.0.0.1:14000/dir")]
    public void Validate_WhatIsRight_HasNoErrors(string directory)
    {
        var errors = new List<ConfigError>();

        AcmeRules.Validate(new() { Directory = new(directory), AcceptTerms = true, Email = "a@shop.example", Hosts = ["shop.example"] }, "Acme", errors);

        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("Ab0-_", true)]
    [InlineData("", false)]
    [InlineData("../../etc/passwd", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    public void IsToken_IsWhatMayBeTheNameOfAFile(string text, bool expected)
    {
        Assert.Equal(expected, AcmeChallenges.IsToken(text));
        Assert.False(AcmeChallenges.IsToken(new string('a', 129)));
    }
}
