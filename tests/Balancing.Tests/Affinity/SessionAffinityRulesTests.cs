namespace Net2Secure.Routing.Balancing.Tests.Affinity;

public sealed class SessionAffinityRulesTests
{
    [Theory]
    [InlineData("HashCookie", true)]
    [InlineData("CustomHeader", true)]
    [InlineData("LearnedCookie", true)]
    [InlineData("ClientAddress", false)]
    [InlineData("RequestKey", false)]
    public void Validate_NoNameOfTheKey_IsRefusedWhereTheKeyNeedsOne(string policy, bool isRefused)
    {
        var (errors, _) = Validate(new() { Enabled = true, Policy = policy });
        Assert.Equal(isRefused ? ["c:AffinityKeyName"] : [], errors.Select(e => e.Path));
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("set-cookie")]
    [InlineData("Content-Length")]
    public void Validate_KeyInAHeaderWithAMeaning_IsRefused(string name) =>
        Assert.Contains("has a meaning of its own", Assert.Single(Validate(new() { Enabled = true, Policy = "CustomHeader", AffinityKeyName = name }).Errors).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("tooshort")]
    [InlineData("")]
    [InlineData(null)]
    public void Validate_WeakSecret_IsRefusedAndNotRepeated(string? secret)
    {
        var (errors, _) = Validate(new() { Enabled = true, AffinityKeyName = "k", Keys = ["a secret that is long enough", secret!] });
        var error = Assert.Single(errors);
        Assert.Equal("c:Keys:1", error.Path);
        if (secret is { Length: > 0 }) Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_TooManySecrets_AreRefused() =>
        Assert.Equal("c:Keys", Assert.Single(Validate(new() { Enabled = true, AffinityKeyName = "k", Keys = [.. Enumerable.Repeat("a secret that is long enough", 9)] }).Errors).Path);

    [Theory]
    [InlineData("__Host-n2s", "Domain")]
    [InlineData("__Host-n2s", "Path")]
    [InlineData("__Host-n2s", "SecurePolicy")]
    [InlineData("__Secure-n2s", "SecurePolicy")]
    public void Validate_PrefixThatTheAttributesBreak_IsRefused(string name, string attribute)
    {
        var cookie = attribute switch
        {
            "Domain" => new AffinityCookieOptions { Domain = "shop.example" },
            "Path" => new AffinityCookieOptions { Path = "/shop" },
            _ => new AffinityCookieOptions { SecurePolicy = "None" },
        };
        Assert.Equal("c:Cookie:" + attribute, Assert.Single(Validate(new() { Enabled = true, AffinityKeyName = name, Cookie = cookie }).Errors).Path);
    }

    [Theory]
    [InlineData(99, 60, 32, 64, "c:Table:Capacity")]
    [InlineData(100, 0, 32, 64, "c:Table:Lifetime")]
    [InlineData(100, 60, 33, 64, "c:ClientAddress:IPv4PrefixLength")]
    [InlineData(100, 60, 32, 15, "c:ClientAddress:IPv6PrefixLength")]
    public void Validate_NumbersOutOfRange_AreRefused(int capacity, int lifetime, int v4, int v6, string path)
    {
        var affinity = new SessionAffinityOptions
        {
            Policy = "ClientAddress",
            Table = new() { Capacity = capacity, Lifetime = TimeSpan.FromSeconds(lifetime) },
            ClientAddress = new() { IPv4PrefixLength = v4, IPv6PrefixLength = v6 },
        };
        Assert.Equal(path, Assert.Single(Validate(affinity).Errors).Path);
    }

    [Fact]
    public void Validate_NoSecrets_SaysWhatThatMeans()
    {
        var (errors, notices) = Validate(new() { Enabled = true, AffinityKeyName = "k" });
        Assert.Empty(errors);
        var notice = Assert.Single(notices);
        Assert.Equal("c:Keys", notice.Path);
        Assert.Contains("drawn when the process starts", notice.Message, StringComparison.Ordinal);
        Assert.Empty(Validate(new() { Enabled = true, AffinityKeyName = "k", Keys = ["a secret that is long enough"] }).Notices);
    }

    [Fact]
    public void Validate_SettingsOfAnotherPolicy_AreSaidToHaveNoEffect()
    {
        var affinity = new SessionAffinityOptions
        {
            Enabled = true, Policy = "ArrCookie", AffinityKeyName = "k", Keys = ["a secret that is long enough"], Table = new(), ClientAddress = new(), ForwardKey = true, KeepOutOfSharedCaches = true, Cookie = new(),
        };
        Assert.Equal(["c:ClientAddress", "c:Keys", "c:Table"], Validate(affinity).Notices.Select(n => n.Path).Order(StringComparer.Ordinal));
        affinity.Policy = "RequestKey";
        Assert.Equal(["c:ClientAddress", "c:Cookie", "c:ForwardKey", "c:KeepOutOfSharedCaches", "c:Keys"], Validate(affinity).Notices.Select(n => n.Path).Order(StringComparer.Ordinal));
    }

    private static (List<ConfigError> Errors, List<ConfigError> Notices) Validate(SessionAffinityOptions affinity)
    {
        var (errors, notices) = (new List<ConfigError>(), new List<ConfigError>());
        SessionAffinityRules.Validate(affinity, "c", ClusterPolicyNames.BuiltIn, errors, notices);
        return (errors, notices);
    }
}
