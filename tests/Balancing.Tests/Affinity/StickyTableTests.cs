using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Affinity;

public sealed class StickyTableTests
{
    private static readonly Destination Home = TestDestinations.Named("a");
    private readonly ManualTimeProvider _time = new();
    private readonly AffinityTableOptions _limits = new() { Capacity = 100, Lifetime = TimeSpan.FromMinutes(1) };

    [Fact]
    public void TryGet_WithinTheLifetimeOfItsLastUse_FindsTheKey()
    {
        var table = new StickyTable(_time);
        table.Set(1, Home, _limits);
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(59));
            Assert.True(table.TryGet(1, _limits, out var home));
            Assert.Same(Home, home);
        }
    }

    [Fact]
    public void TryGet_UnusedForTwoLifetimes_HasForgotten()
    {
        var table = new StickyTable(_time);
        table.Set(1, Home, _limits);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(table.TryGet(1, _limits, out _));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Set_MoreThanTheCapacity_ForgetsTheLeastUsedAndKeepsTheUsed()
    {
        var table = new StickyTable(_time);
        table.Set(0, Home, _limits);
        for (var i = 1; i <= 10_000; i++)
        {
            table.Set((UInt128)i, Home, _limits);
            Assert.InRange(table.Count, 1, 101);
            if (i % 10 == 0) Assert.True(table.TryGet(0, _limits, out _));
        }

        Assert.False(table.TryGet(1, _limits, out _));
    }

    [Fact]
    public void Digest_SameText_IsTheSameAndOfAnotherAnother()
    {
        Assert.Equal(StickyTable.Digest("abc"), StickyTable.Digest("abc"));
        Assert.NotEqual(StickyTable.Digest("abc"), StickyTable.Digest("abd"));
    }
}
