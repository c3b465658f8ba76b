using System.Globalization;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests;

public sealed class HealthCheckRangesTests
{
    private readonly List<ConfigError> _errors = [];
    private readonly List<ConfigError> _notices = [];

    [Fact]
    public void Validate_NothingSet_SaysNothing()
    {
        Validate(new() { Active = new(), Passive = new() });
        Assert.Empty(_errors);
        Assert.Empty(_notices);
    }

    [Fact]
    public void Validate_EverythingRight_SaysNothing()
    {
        Validate(new()
        {
            AvailableDestinationsPolicy = "healthyOrPanic",
            Active = new() { Enabled = true, Policy = "consecutivefailures", Path = "/health", Query = "?full=1", Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1) },
            Passive = new() { Enabled = true, Policy = "TransportFailureRate", ReactivationPeriod = TimeSpan.FromSeconds(10) },
        });
        Assert.Empty(_errors);
        Assert.Empty(_notices);
    }

    [Fact]
    public void Validate_EverythingWrong_ReportsAllOfItWithItsPath()
    {
        Validate(new()
        {
            AvailableDestinationsPolicy = "Some",
            PanicThresholdPercent = 101,
            Active = new() { Policy = "x", Path = "health", Query = "full=1", Interval = TimeSpan.Zero, Timeout = TimeSpan.FromDays(1) },
            Passive = new() { Policy = "y", ReactivationPeriod = TimeSpan.FromDays(2) },
        });
        Assert.Equal(
            [
                "HealthCheck:Active:Interval", "HealthCheck:Active:Path", "HealthCheck:Active:Policy", "HealthCheck:Active:Query", "HealthCheck:Active:Timeout",
                "HealthCheck:AvailableDestinationsPolicy", "HealthCheck:PanicThresholdPercent", "HealthCheck:Passive:Policy", "HealthCheck:Passive:ReactivationPeriod",
            ],
            _errors.Select(e => e.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("00:00:00.0990000", false)]
    [InlineData("00:00:00.1000000", true)]
    [InlineData("01:00:00", true)]
    [InlineData("01:00:00.0000001", false)]
    public void Validate_Interval_IsFrom100MillisecondsToAnHour(string interval, bool allowed)
    {
        Validate(new() { Active = new() { Interval = TimeSpan.ParseExact(interval, ["c"], CultureInfo.InvariantCulture) } });
        Assert.Equal(allowed, _errors.Count == 0);
    }

    [Theory]
    [InlineData("/", true)]
    [InlineData("/a/b%20c", true)]
    [InlineData("/a b", false)]
    [InlineData("/a?b", false)]
    [InlineData("/a#b", false)]
    [InlineData("/a\r\nX: y", false)]
    [InlineData("//host", true)]
    public void Validate_Path_BeginsWithASlashAndHoldsNothingElseOfAUrl(string path, bool allowed)
    {
        Validate(new() { Active = new() { Path = path } });
        Assert.Equal(allowed, _errors.Count == 0);
    }

    private void Validate(HealthCheckOptions health) => HealthCheckRules.Validate(health, "HealthCheck", HealthPolicyNames.BuiltIn, _errors, _notices);
}
