using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Observation;

public sealed class TransportFailureRatePolicyTests : PassiveHealthPolicyContract
{
    [Theory]
    [InlineData(9, 9, false)]
    [InlineData(10, 2, false)]
    [InlineData(10, 3, true)]
    [InlineData(1_000, 299, false)]
    [InlineData(1_000, 300, true)]
    [InlineData(100_000, 2_000, false)]
    public void FindFault_Default_ThirtyPercentOfTenAndMore(int requests, int failures, bool isFault) =>
        Assert.Equal(isFault, Judge(new() { Requests = requests, Failures = failures }) is not null);

    [Fact]
    public void FindFault_AnswersOfAnyKind_AreNoFailures() => Assert.Null(Judge(new() { Requests = 100, ServerErrors = 100, GatewayErrors = 100 }));

    [Theory]
    [InlineData("0.5", null, 49, false)]
    [InlineData("0.5", null, 50, true)]
    [InlineData(null, 20, 20, true)]
    [InlineData(null, 20, 19, false)]
    [InlineData("0.5", 20, 49, false)]
    public void FindFault_LimitInMetadataOrSettings_Counts(string? metadata, int? percent, int failures, bool isFault)
    {
        var cluster = new ClusterOptions { HealthCheck = new() { Passive = new() { FailurePercent = percent } } };
        if (metadata is not null) cluster.Metadata["TransportFailureRateHealthPolicy.RateLimit"] = metadata;
        Assert.Equal(isFault, Judge(new() { Requests = 100, Failures = failures }, cluster: cluster) is not null);
    }

    [Fact]
    public void FindFault_FewerThanTheMinimum_FindsNone()
    {
        var cluster = new ClusterOptions { HealthCheck = new() { Passive = new() { MinimumRequests = 200 } } };
        Assert.Null(Judge(new() { Requests = 199, Failures = 199 }, cluster: cluster));
        Assert.NotNull(Judge(new() { Requests = 200, Failures = 199 }, cluster: cluster));
    }

    protected override IPassiveHealthPolicy Create() => new TransportFailureRatePolicy();
}
