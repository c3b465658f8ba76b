using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Balancing.Tests.Mirroring;

/// <summary>To whom copies may go.</summary>
public sealed class MirrorRulesTests
{
    [Theory]
    [InlineData("a:b b:", "")]
    [InlineData("a:b b:c c:", "")]
    [InlineData("a:elsewhere b:", "Net2:a:Mirror:ClusterId: 'elsewhere' is not a cluster. Known are: a, b.")]
    [InlineData("a:A", "Net2:a:Mirror:ClusterId: 'A' is not allowed: copies would go round in a circle, a to A. Give the copies a cluster that sends none back.")]
    [InlineData("a:b b:a", "Net2:a:Mirror:ClusterId: 'b' is not allowed: copies would go round in a circle, a to b to a. Give the copies a cluster that sends none back.|Net2:b:Mirror:ClusterId: 'a' is not allowed: copies would go round in a circle, b to a to b. Give the copies a cluster that sends none back.")]
    public void CheckTargets_EachCase_IsAcceptedOrRefusedWithTheWay(string mirrors, string expected)
    {
        var targets = mirrors.Split(' ').Select(m => m.Split(':')).ToDictionary(m => m[0], m => m[1].Length > 0 ? m[1] : null, StringComparer.OrdinalIgnoreCase);
        var errors = new List<ConfigError>();
        MirrorRules.CheckTargets(targets.Keys, targets, "Net2", errors);
        Assert.Equal(expected, string.Join('|', errors));
    }

    [Fact]
    public void CheckTargets_CircleOfOthers_Ends()
    {
        var errors = new List<ConfigError>();
        MirrorRules.CheckTargets(["a"], new Dictionary<string, string?> { ["a"] = "b", ["b"] = "c", ["c"] = "b" }, "", errors);
        Assert.Empty(errors);
    }

    [Fact]
    public void Apply_TargetThatIsNotThere_IsRefusedAndNothingChanges()
    {
        var services = new ServiceCollection();
        services.AddNet2Balancing();
        using var provider = services.BuildServiceProvider();
        var registry = provider.GetRequiredService<ClusterRegistry>();
        var error = Assert.Throws<OptionsValidationException>(() => registry.Apply(this, [new ClusterOptions { ClusterId = "shop", Mirror = new() { ClusterId = "shadow" } }]));
        Assert.Contains("shop:Mirror:ClusterId: 'shadow' is not a cluster.", error.Message, StringComparison.Ordinal);
        Assert.Empty(registry.Clusters);
        registry.Apply(this, [new ClusterOptions { ClusterId = "shop", Mirror = new() { ClusterId = "shadow" } }, new ClusterOptions { ClusterId = "shadow" }]);
        Assert.Equal(2, registry.Clusters.Count);
    }

    [Theory]
    [InlineData("ClusterId", "is required")]
    [InlineData("Percent", "0 to 100")]
    [InlineData("MaxBodyBytes", "0 to 16777216")]
    [InlineData("Timeout", "00:00:00.0010000 to 00:10:00")]
    [InlineData("MaxConcurrent", "1 to 10000")]
    [InlineData("Header", "'Content-Length' is not allowed")]
    public void Validate_EachSettingOutOfItsRange_IsNamed(string setting, string expected)
    {
        var mirror = new MirrorOptions { ClusterId = "shadow" };
        switch (setting)
        {
            case "ClusterId": mirror.ClusterId = " "; break;
            case "Percent": mirror.Percent = 101; break;
            case "MaxBodyBytes": mirror.MaxBodyBytes = -1; break;
            case "Timeout": mirror.Timeout = TimeSpan.Zero; break;
            case "MaxConcurrent": mirror.MaxConcurrent = 0; break;
            default: mirror.Header = "Content-Length"; break;
        }

        var errors = new List<ConfigError>();
        MirrorRules.Validate(mirror, "shop:Mirror", errors);
        var error = Assert.Single(errors);
        Assert.Equal("shop:Mirror:" + setting, error.Path);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
