using Net2Secure.Routing.Proxying.Dashboard;

namespace Net2Secure.Routing.Proxying.Tests.Dashboard;

/// <summary>What is counted of a route's cache.</summary>
public sealed class CacheTallyTests
{
    private readonly CacheTally _tally = new();

    [Fact]
    public void EveryResult_IsCounted_AndBytesOfThoseThatTheOriginDidNotSend()
    {
        string[] results = ["hit", "stale", "revalidated", "collapsed", "miss", "pass", "unavailable"];
        for (var i = 0; i < results.Length; i++)
        {
            for (var times = 0; times <= i; times++) _tally.Add(results[i], bytes: 100);
        }

        Assert.Equal(new RouteCacheState(1, 2, 3, 4, 5, 6, 7, ServedBytes: 1000), _tally.State);
    }

    [Fact]
    public void Counting_DoesNotAllocate()
    {
        _tally.Add("hit", 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) _tally.Add("unavailable", i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
