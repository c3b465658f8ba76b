using System.Text;
using Microsoft.Extensions.Configuration;
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
    [InlineData("customer", "AAECAwQFBgcICQoLDA0ODw", "")]
    [InlineData("customer", "AAECAwQFBgcICQoLDA0ODw==", "")]
    [InlineData("customer", "AAECAwQFBgcICQoLDA0O", "HmacKey is not allowed")]
    [InlineData("customer", "not base64url, and secret", "HmacKey is not allowed")]
    [InlineData("customer", null, "HmacKey is missing")]
    [InlineData(null, "AAECAwQFBgcICQoLDA0ODw", "KeyId is missing")]
    public void Validate_ExternalAccount_HasANameAndAKey(string? keyId, string? hmacKey, string expected)
    {
        var errors = new List<ConfigError>();

        AcmeRules.Validate(new() { AcceptTerms = true, Hosts = ["shop.example"], ExternalAccount = new() { KeyId = keyId, HmacKey = hmacKey } }, "Acme", errors);

        Assert.Equal(expected.Length == 0 ? 0 : 1, errors.Count);
        Assert.All(errors, e => Assert.StartsWith("Acme:ExternalAccount:" + expected, $"{e.Path} {e.Message}", StringComparison.Ordinal));
        Assert.All(errors, e => Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_TakesEverySetting()
    {
        const string json = """
            {
              "Acme": {
                "Directory": "https://ca.example/directory", "Email": "a@shop.example", "AcceptTerms": true, "Hosts": [ "shop.example" ], "Storage": "certificates", "Challenge": "TlsAlpn01", "TrustAnchors": "ca.pem",
                "ExternalAccount": { "KeyId": "customer", "HmacKey": "AAECAwQFBgcICQoLDA0ODw" }
              }
            }
            """;
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        var errors = new List<ConfigError>();

        var acme = SectionReader.Read(SettingsNode.From(configuration.GetSection("Acme")), "Acme", errors, AcmeRules.Read);

        Assert.Empty(errors);
        Assert.Equal(("https://ca.example/directory", "a@shop.example", true, "certificates", AcmeChallengeType.TlsAlpn01, "ca.pem"),
            (acme.Directory.ToString(), acme.Email, acme.AcceptTerms, acme.Storage, acme.Challenge, acme.TrustAnchors));
        Assert.Equal(["shop.example"], acme.Hosts);
        Assert.Equal(("customer", "AAECAwQFBgcICQoLDA0ODw"), (acme.ExternalAccount!.KeyId, acme.ExternalAccount.HmacKey));
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
