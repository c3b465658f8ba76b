using Net2Secure.Routing.Proxying.Dashboard;

namespace Net2Secure.Routing.Proxying.Tests.Dashboard;

/// <summary>What a page is told of a state that follows another.</summary>
public sealed class DashboardChangeTests
{
    private static readonly RouteRow Plain = new() { Id = "plain", Match = "/", Clusters = ["c"], IsCached = false, Traffic = new(1, 0, 2, 3, 4) };

    private static readonly RouteRow Cached = Plain with { Id = "cached", IsCached = true, Cache = new(1, 2, 3, 4, 5, 6, 7, 8) };

    [Fact]
    public void Routes_AsBefore_AreNotTold() => Assert.Empty(Change([Plain, Cached], [Plain with { Clusters = ["c"] }, Cached]).Routes);

    [Fact]
    public void Routes_WithOtherNumbers_AreToldWithTheirPlace()
    {
        var change = Change([Plain, Plain, Cached], [Plain, Plain with { Traffic = new(5, 0.5, null, 6, 7) }, Cached with { Cache = new(9, 2, 3, 4, 5, 6, 7, 10) }]);
        Assert.Equal(2, change.Routes.Count);
        Assert.Equal([1, 5, 0.5, null, 6, 7], change.Routes[0]);
        Assert.Equal([2, 1, 0, 2, 3, 4, 9, 2, 3, 4, 5, 6, 7, 10], change.Routes[1]);
    }

    [Fact]
    public void Route_ThatHasACacheNow_NeedsTheWholeState() =>
        Assert.Null(DashboardChange.Between(State(1, [Plain]), State(2, [Plain with { IsCached = true, Cache = default(RouteCacheState) }]), []));

    private static DashboardChange Change(RouteRow[] before, RouteRow[] after) => DashboardChange.Between(State(1, before), State(2, after), [])!;

    private static DashboardState State(long sequence, RouteRow[] routes) => new()
    {
        Sequence = sequence, Time = default, CountingSince = default, Host = "h", Version = "1", Started = default, Problems = [], ProblemCount = 0, Clusters = [],
        Routes = routes, Tcp = [], Cache = new() { Results = new Dictionary<string, long>() }, Certificates = [], ExplainsRequests = false,
    };
}
