using Net2Secure.Routing.Proxying.Serving;
using Net2Secure.Routing.Proxying.Transport;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Serving;

public sealed class BlockMemoryPoolTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Rent_GivesABlockOfFullSize_AndAGivenBackOneAgain()
    {
        using var pool = new BlockMemoryPool(_time);

        var first = pool.Rent();
        Assert.Equal(BlockMemoryPool.BlockSize, first.Memory.Length);
        first.Dispose();

        Assert.Same(first, pool.Rent(4096));
        Assert.Equal(0, pool.FreeCount);
    }

    [Fact]
    public void Rent_MoreThanABlock_IsRefused()
    {
        using var pool = new BlockMemoryPool(_time);

        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(BlockMemoryPool.BlockSize + 1));
    }

    [Fact]
    public void Dispose_OfABlockTwice_GivesItBackOnce()
    {
        using var pool = new BlockMemoryPool(_time);
        var block = pool.Rent();

        block.Dispose();
        block.Dispose();

        Assert.Equal(1, pool.FreeCount);
        Assert.NotSame(pool.Rent(), pool.Rent());
    }

    [Fact]
    public void Trim_GivesUpByHalvesWhatWasNotNeeded_AndKeepsWhatWas()
    {
        using var pool = new BlockMemoryPool(_time);
        var burst = Enumerable.Range(0, 64).Select(_ => pool.Rent()).ToList();
        burst.ForEach(b => b.Dispose());

        // The first period began with nothing free: all of it may have been needed.
        _time.Advance(TrimmedPool<object>.TrimPeriod);
        Assert.Equal(64, pool.FreeCount);

        // 24 are in use at some time of the second one, 40 are not.
        var used = Enumerable.Range(0, 24).Select(_ => pool.Rent()).ToList();
        used.ForEach(b => b.Dispose());
        _time.Advance(TrimmedPool<object>.TrimPeriod);
        Assert.Equal(44, pool.FreeCount);

        for (var i = 0; i < 10; i++) _time.Advance(TrimmedPool<object>.TrimPeriod);
        Assert.Equal(0, pool.FreeCount);
    }

    [Fact]
    public void Return_AfterThePoolIsGone_IsLeftToTheCollector()
    {
        var pool = new BlockMemoryPool(_time);
        var block = pool.Rent();
        pool.Dispose();

        block.Dispose();

        Assert.Equal(0, pool.FreeCount);
        Assert.Throws<ObjectDisposedException>(() => pool.Rent());
    }
}
