namespace Net2Secure.Routing.Caching.Tests.Storage;

public sealed class BodySegmentsTests
{
    private const int Segment = SegmentPool.SegmentBytes;

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(Segment)]
    [InlineData(Segment + 1)]
    [InlineData((3 * Segment) + 100)]
    public void Write_AsMuchAsWasExpected_TakesNoMoreMemoryThanThat(int length)
    {
        var body = new BodySegments(new SegmentPool(0), length);
        Fill(body, length);
        Assert.Equal((length, length), (body.Length, body.Capacity));
    }

    [Fact]
    public void Write_MoreThanWasExpected_IsKept()
    {
        var body = new BodySegments(new SegmentPool(0), 10);
        Fill(body, 10);
        Fill(body, Segment);
        Assert.Equal(Segment + 10, body.Length);
        Assert.Equal((byte)9, body.At(9, body.Length).Span[0]);
    }

    [Fact]
    public void Release_TheLastReference_GivesTheArraysBack()
    {
        var pool = new SegmentPool(10 * Segment);
        var body = new BodySegments(pool);
        Fill(body, Segment);
        var array = pool.Rent();
        Assert.True(body.TryAddReference());
        body.Release();
        Assert.NotSame(array, pool.Rent());
        pool.Return(array);
        Assert.Same(array, pool.Rent());
        body.Release();
        Assert.False(body.TryAddReference());
        Assert.Equal((byte)0, pool.Rent()[0]);
    }

    [Fact]
    public void DropBefore_WhatLiesBehind_StaysWhereItIs()
    {
        var body = new BodySegments(new SegmentPool(0));
        Fill(body, (3 * Segment) + 5);
        body.DropBefore((2 * Segment) + 4);
        Assert.Equal(2 * Segment, body.Capacity);
        Assert.Equal(5, body.At(3 * Segment, body.Length).Length);
        Fill(body, 5);
        Assert.Equal(10, body.At(3 * Segment, body.Length).Length);
    }

    private static void Fill(BodySegments body, int count)
    {
        for (var i = 0; i < count;)
        {
            var room = body.GetRoom().Span;
            room = room[..Math.Min(room.Length, count - i)];
            for (var j = 0; j < room.Length; j++) room[j] = (byte)(i + j);
            body.Advance(room.Length);
            i += room.Length;
        }
    }
}
