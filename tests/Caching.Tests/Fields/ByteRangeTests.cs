namespace Net2Secure.Routing.Caching.Tests.Fields;

/// <summary>RFC 9110 §14.1.2, §14.2, §14.4.</summary>
public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-9", 0, 9)]
    [InlineData("BYTES=0-9", 0, 9)]
    [InlineData("bytes=5-", 5, 99)]
    [InlineData("bytes=-5", 95, 99)]
    [InlineData("bytes=-500", 0, 99)]
    [InlineData("bytes=90-500", 90, 99)]
    [InlineData("bytes=99-99", 99, 99)]
    [InlineData("bytes= 0-9 ,", 0, 9)]
    [InlineData("bytes=0-99999999999999999999999999", 0, 99)]
    public void TryResolve_OneRange_IsThatPart(string field, long first, long last)
    {
        Assert.Equal(RangeKind.Single, ByteRange.Read(field, out var range));
        Assert.True(range.TryResolve(100, out var actualFirst, out var actualLast));
        Assert.Equal((first, last), (actualFirst, actualLast));
    }

    [Theory]
    [InlineData("bytes=100-")]
    [InlineData("bytes=100-200")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=99999999999999999999999999-")]
    public void TryResolve_BehindTheEnd_IsNotSatisfiable(string field)
    {
        Assert.Equal(RangeKind.Single, ByteRange.Read(field, out var range));
        Assert.False(range.TryResolve(100, out _, out _));
    }

    [Fact]
    public void TryResolve_NothingThere_IsNotSatisfiable()
    {
        Assert.Equal(RangeKind.Single, ByteRange.Read("bytes=-1", out var range));
        Assert.False(range.TryResolve(0, out _, out _));
    }

    [Theory]
    [InlineData(null, "None")]
    [InlineData("", "None")]
    [InlineData("bytes", "None")]
    [InlineData("bytes=", "None")]
    [InlineData("bytes=-", "None")]
    [InlineData("bytes=5-2", "None")]
    [InlineData("bytes=a-b", "None")]
    [InlineData("bytes=0-5a", "None")]
    [InlineData("bytes=--5", "None")]
    [InlineData("bytes=0-5,x", "None")]
    [InlineData("items=0-5", "None")]
    [InlineData("bytes 0-5", "None")]
    [InlineData("bytes=0-1,2-3", "Multiple")]
    public void Read_AnythingElse_AsksForTheWhole(string? field, string kind) => Assert.Equal(kind, ByteRange.Read(field, out _).ToString());

    [Theory]
    [InlineData("bytes 0-9/100", 0, 9, 100)]
    [InlineData("BYTES 5-5/6", 5, 5, 6)]
    [InlineData("bytes 0-9/*", 0, 9, -1)]
    public void ContentRange_OfA206_IsRead(string field, long first, long last, long complete)
    {
        Assert.True(ContentRange.TryRead(field, out var range));
        Assert.Equal(new ContentRange(first, last, complete), range);
        Assert.Equal(last - first + 1, range.Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("bytes */100")]
    [InlineData("bytes 9-0/100")]
    [InlineData("bytes 0-100/100")]
    [InlineData("bytes 0-9")]
    [InlineData("bytes 0/9-1")]
    [InlineData("bytes=0-9/100")]
    [InlineData("items 0-9/100")]
    [InlineData("bytes a-9/100")]
    [InlineData("bytes 0-99999999999999999999/*")]
    public void ContentRange_AnythingElse_IsNone(string? field) => Assert.False(ContentRange.TryRead(field, out _));
}
