using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Observation;

public sealed class PassiveHealthRulesTests
{
    private readonly List<ConfigError> _errors = [];

    [Fact]
    public void Validate_EdgesOfAllRanges_AreRight()
    {
        Validate(new()
        {
            ReactivationPeriod = TimeSpan.FromMilliseconds(100), Window = TimeSpan.FromSeconds(1), MinimumRequests = 1, FailurePercent = 1, ConsecutiveFailures = 0,
            ConsecutiveGatewayErrors = 0, MaxEjectedPercent = 0, Outliers = new() { MaxSilence = TimeSpan.Zero, LatencyFactor = 0, SuccessRateDeviation = 0 },
        });
        Validate(new()
        {
            ReactivationPeriod = TimeSpan.FromDays(1), Window = TimeSpan.FromMinutes(10), MinimumRequests = 1_000_000, FailurePercent = 100, ConsecutiveFailures = 1_000,
            ConsecutiveGatewayErrors = 1_000, MaxEjectedPercent = 100, Outliers = new() { MaxSilence = TimeSpan.FromMinutes(5), LatencyFactor = 1_000, SuccessRateDeviation = 10_000 },
        });
        Assert.Empty(_errors);
    }

    [Fact]
    public void Validate_OutOfAllRanges_ReportsAllOfIt()
    {
        Validate(new()
        {
            Policy = "Guess", ReactivationPeriod = TimeSpan.FromMilliseconds(99), Window = TimeSpan.FromMilliseconds(999), MinimumRequests = 0, FailurePercent = 101, ConsecutiveFailures = -1,
            ConsecutiveGatewayErrors = 1_001, MaxEjectedPercent = 101, Outliers = new() { MaxSilence = TimeSpan.FromMilliseconds(99), LatencyFactor = 1, SuccessRateDeviation = 10_001 },
        });
        Assert.Equal(
            [
                "P:Policy", "P:ReactivationPeriod", "P:Window", "P:MinimumRequests", "P:FailurePercent", "P:ConsecutiveFailures", "P:ConsecutiveGatewayErrors", "P:MaxEjectedPercent",
                "P:Outliers:LatencyFactor", "P:Outliers:MaxSilence", "P:Outliers:SuccessRateDeviation",
            ],
            _errors.Select(e => e.Path).OrderBy(p => p.Contains("Outliers", StringComparison.Ordinal) ? p : ""));
    }

    [Theory]
    [InlineData("0.3", true)]
    [InlineData("1", true)]
    [InlineData(".5", true)]
    [InlineData("0", false)]
    [InlineData("1.1", false)]
    [InlineData("30 %", false)]
    [InlineData("0,3", false)]
    [InlineData("", false)]
    public void ValidateMetadata_RateLimit_IsAShare(string value, bool isRight)
    {
        PassiveHealthRules.ValidateMetadata(new Dictionary<string, string> { ["TransportFailureRateHealthPolicy.RateLimit"] = value }, "M", _errors);
        Assert.Equal(isRight ? [] : ["M:TransportFailureRateHealthPolicy.RateLimit"], _errors.Select(e => e.Path));
    }

    private void Validate(PassiveHealthCheckOptions passive) => PassiveHealthRules.Validate(passive, "P", HealthPolicyNames.BuiltIn, _errors);
}
