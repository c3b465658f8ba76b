using Microsoft.Extensions.Configuration;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests;

/// <summary>The settings of health checks: read strictly, checked wherever they came from, and said to have no effect yet where they ask for one.</summary>
public sealed class HealthCheckRulesTests
{
    [Fact]
    public void Read_EverySetting_EndsUpInItsPlace()
    {
        var health = Read(
            ("AvailableDestinationsPolicy", "HealthyOrPanic"), ("PanicThresholdPercent", "30"), ("Active:UnprobedTraffic", "true"), ("Active:Enabled", "true"), ("Active:Interval", "00:00:03"), ("Active:Timeout", "00:00:02"), ("Active:Policy", "ConsecutiveFailures"),
            ("Active:Path", "/h"), ("Active:Query", "?q"), ("Passive:Enabled", "true"), ("Passive:Policy", "TransportFailureRate"), ("Passive:ReactivationPeriod", "00:01:00"));
        Assert.Equal(("HealthyOrPanic", 30, true), (health.AvailableDestinationsPolicy, health.PanicThresholdPercent, health.Active!.UnprobedTraffic));
        Assert.Equal((true, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2)), (health.Active!.Enabled, health.Active.Interval, health.Active.Timeout));
        Assert.Equal(("ConsecutiveFailures", "/h", "?q"), (health.Active.Policy, health.Active.Path, health.Active.Query));
        Assert.Equal((true, "TransportFailureRate", TimeSpan.FromMinutes(1)), (health.Passive!.Enabled, health.Passive.Policy, health.Passive.ReactivationPeriod));
    }

    [Theory]
    [InlineData("AvailableDestinationsPolicy", "All")]
    [InlineData("Active:Policy", "All")]
    [InlineData("Active:Path", "h")]
    [InlineData("Active:Path", "/h h")]
    [InlineData("Active:Path", "/h#")]
    [InlineData("Active:Query", "q")]
    [InlineData("Active:Query", "?q#")]
    [InlineData("Passive:Policy", "All")]
    public void Validate_OneSettingThatIsWrong_ReportsItsPathAlone(string key, string value)
    {
        var errors = new List<ConfigError>();
        HealthCheckRules.Validate(Read((key, value)), "H", HealthPolicyNames.BuiltIn, errors, []);
        Assert.Equal("H:" + key, Assert.Single(errors).Path);
    }

    [Fact]
    public void Validate_DurationsOutOfRange_AreReported()
    {
        var health = new HealthCheckOptions
        {
            Active = new() { Interval = TimeSpan.FromMilliseconds(99), Timeout = TimeSpan.FromMinutes(6) },
            Passive = new() { ReactivationPeriod = TimeSpan.FromDays(2) },
        };
        var errors = new List<ConfigError>();
        HealthCheckRules.Validate(health, "H", HealthPolicyNames.BuiltIn, errors, []);
        Assert.Equal(["H:Active:Interval", "H:Active:Timeout", "H:Passive:ReactivationPeriod"], errors.Select(e => e.Path));
    }

    [Fact]
    public void Validate_WhatIsSwitchedOn_HasAnEffect()
    {
        var notices = new List<ConfigError>();
        HealthCheckRules.Validate(Read(("Active:Enabled", "true"), ("Passive:Enabled", "true")), "H", HealthPolicyNames.BuiltIn, [], notices);
        Assert.Empty(notices);
        notices.Clear();
        HealthCheckRules.Validate(Read(("Active:Enabled", "false"), ("Passive:Policy", "TransportFailureRate")), "H", HealthPolicyNames.BuiltIn, [], notices);
        Assert.Empty(notices);
    }

    private static HealthCheckOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create("H:" + s.Key, (string?)s.Value))).Build();
        var errors = new List<ConfigError>();
        var health = SectionReader.Read(SettingsNode.From(configuration.GetSection("H")), "H", errors, HealthCheckRules.Read);
        Assert.Empty(errors);
        return health;
    }
}
