using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Proxying.Tests.AccessLog;

public sealed class AccessLogRulesTests
{
    [Theory]
    [InlineData("Sample", "0", "'0' is not allowed: 1 to 1000000")]
    [InlineData("Format", "Xml", "'Xml'")]
    [InlineData("Fields:0", "colour", "colour")]
    [InlineData("RequestHeaders:0", "a b", "'a b' is not the name of a header field")]
    [InlineData("Path", "/nowhere/at/all/access.log", "the folder of '/nowhere/at/all/access.log' does not exist")]
    [InlineData("Path", "/", "is a folder")]
    public void Setting_ThatIsWrong_IsNamedWithItsValue(string key, string value, string message)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Net2Proxy:AccessLog:Enabled"] = "true",
            [$"Net2Proxy:AccessLog:{key}"] = value,
        }).Build();
        var error = Assert.Single(ProxyConfigReader.Read(configuration.GetSection("Net2Proxy")).Errors);
        Assert.StartsWith($"Net2Proxy:AccessLog:{key.Split(':')[0]}", error.Path, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_IsCheckedByTheSameRules()
    {
        var services = new ServiceCollection();
        services.AddNet2Proxy();
        services.Configure<AccessLogOptions>(static o => o.Sample = 0);
        services.Configure<ExplainOptions>(static o => (o.Capacity, o.TrustedCallers) = (0, ["10.0.0.0/33"]));
        using var provider = services.BuildServiceProvider();
        Assert.Contains("'0' is not allowed", Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<AccessLogOptions>>().Value).Message, StringComparison.Ordinal);
        var failures = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<ExplainOptions>>().Value).Failures.ToList();
        Assert.Equal(2, failures.Count);
        Assert.Contains(failures, static f => f.Contains("'10.0.0.0/33' is not an address or a network", StringComparison.Ordinal));
    }
}
