using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Observation;

/// <summary>What any passive policy keeps to. Inherit it for one of your own.</summary>
public abstract class PassiveHealthPolicyContract
{
    protected abstract IPassiveHealthPolicy Create();

    [Fact]
    public void FindFault_NoTraffic_FindsNone() => Assert.Null(Judge(default));

    [Fact]
    public void FindFault_OnlySuccesses_FindsNone() => Assert.Null(Judge(new() { Requests = 100_000, TypicalTime = TimeSpan.FromMilliseconds(1) }));

    [Fact]
    public void FindFault_SameTraffic_GivesTheSameAnswer()
    {
        var policy = Create();
        var failing = new TrafficSummary { Requests = 1_000, Failures = 1_000, ConsecutiveFailures = 1_000 };
        Assert.Equal(Judge(failing, policy), Judge(failing, policy));
    }

    [Fact]
    public void FindFault_FaultFound_SaysWhy()
    {
        if (Judge(new() { Requests = 1_000, Failures = 1_000, ConsecutiveFailures = 1_000 }) is { } reason) Assert.False(string.IsNullOrWhiteSpace(reason));
    }

    protected string? Judge(TrafficSummary traffic, IPassiveHealthPolicy? policy = null, ClusterOptions? cluster = null)
    {
        var destination = new Destination("shop", "a", new Uri("http://10.0.0.1/"), new DestinationOptions());
        return (policy ?? Create()).FindFault(new PassiveHealthContext(cluster ?? new ClusterOptions(), destination, [traffic, new() { Requests = 1_000 }], 0));
    }
}
