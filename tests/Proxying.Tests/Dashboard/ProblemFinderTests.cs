using Net2Secure.Routing.Proxying.Dashboard;

namespace Net2Secure.Routing.Proxying.Tests.Dashboard;

/// <summary>What is taken for a problem, and how bad.</summary>
public sealed class ProblemFinderTests
{
    [Fact]
    public void AllInOrder_IsNoProblem() => Assert.Empty(Find(Cluster([Row("a")])));

    [Theory]
    [InlineData("unhealthy", "error", "Unhealthy: why")]
    [InlineData("ejected", "error", "Ejected: why")]
    [InlineData("forced_out", "warning", "Ordered out: why")]
    [InlineData("draining", "info", "Draining: why")]
    public void Destination_OutOfTheTraffic_IsToldWithItsReason(string state, string severity, string text) =>
        Assert.Equal(new ProblemState(severity, "c / b", text), Assert.Single(Find(Cluster([Row("a"), Row("b") with { State = state, Reason = "why", Share = 0 }]))));

    [Theory]
    [InlineData("", "Ejected")]
    [InlineData("ejected: 5 attempts failed in a row", "Ejected: 5 attempts failed in a row")]
    [InlineData("ejected by hand", "Ejected: ejected by hand")]
    public void Reason_ThatBeginsWithTheState_IsNotToldTwice(string reason, string text) =>
        Assert.Equal(text, Assert.Single(Find(Cluster([Row("a"), Row("b") with { State = "ejected", Reason = reason, Share = 0 }]))).Text);

    [Fact]
    public void Worst_StandsFirst()
    {
        var problems = Find(Cluster([Row("a") with { State = "draining" }, Row("b") with { CircuitOpen = true }, Row("d") with { State = "ejected" }]));
        Assert.Equal(["error", "warning", "info"], problems.Select(static p => p.Severity));
    }

    [Theory]
    [InlineData(0.049, 10, false)]
    [InlineData(0.05, 10, true)]
    [InlineData(1, 0.9, false)]
    public void Errors_AreAProblem_WhereTheyAreManyAmongEnough(double share, double perSecond, bool isProblem) =>
        Assert.Equal(isProblem, Find(Cluster([Row("a")]) with { Traffic = new(perSecond, share, 1, 1, 1) }).Count > 0);

    [Fact]
    public void Cluster_WithoutUse_IsTold()
    {
        Assert.Contains("503", Assert.Single(Find(Cluster([Row("a") with { Share = 0 }]))).Text, StringComparison.Ordinal);
        Assert.Contains("Panic", Assert.Single(Find(Cluster([Row("a")]) with { IsPanic = true })).Text, StringComparison.Ordinal);
        Assert.Contains("no destinations", Assert.Single(Find(Cluster([]))).Text, StringComparison.Ordinal);
        Assert.Contains("budget", Assert.Single(Find(Cluster([Row("a")]) with { Budget = new(100, 20, 20, 0) })).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1, "error")]
    [InlineData(13.9, "warning")]
    [InlineData(14, null)]
    public void Certificate_ThatEndsSoon_IsTold(double daysLeft, string? severity)
    {
        var problems = ProblemFinder.Find([], [new("shop", "CN=shop", [], default, default, daysLeft)], refusal: null, []);
        Assert.Equal(severity, problems.SingleOrDefault()?.Severity);
    }

    [Fact]
    public void RefusedConfiguration_StandsFirst() =>
        Assert.Contains("the file: wrong", ProblemFinder.Find([Cluster([])], [], "the file: wrong", [])[0].Text, StringComparison.Ordinal);

    private static List<ProblemState> Find(ClusterState cluster) => ProblemFinder.Find([cluster], [], refusal: null, []);

    private static ClusterState Cluster(DestinationRow[] rows) => new()
    {
        Id = "c", Policy = "Random", IsPanic = false, Usable = rows.Count(static r => r.Share > 0), InFlight = 0, Traffic = default, RetriesPerSecond = 0,
        Budget = new(0, 0, 30, 0), History = new([], [], []), Destinations = rows,
    };

    private static DestinationRow Row(string id) => new()
    {
        Id = id, Address = "http://a/", Priority = 0, Weight = 1, ConfiguredWeight = 1, Share = 0.5, State = "healthy", Reason = "", Override = "none", Ejections = 0, CircuitOpen = false, InFlight = 0, Traffic = default,
    };
}
