namespace Net2Secure.Routing.Caching.Tests.Storage;

/// <summary>Weighs the table by what the collector says. Runs alone: what other tests allocate would be weighed with it.</summary>
[Collection(nameof(MemoryWeightTests))]
public sealed class DiskIndexWeightTests
{
    [Fact]
    public void Add_AMillionEntries_WeighAboutAsDocumented()
    {
        const int Count = 1_000_000;
        var index = new DiskIndex(1L << 50);
        var leaving = new List<DiskEntry>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 1UL; i <= Count; i++) index.Add(new DiskEntry(new DiskName(i * 0x9E3779B97F4A7C15, i, 0, 0, i), 4096), isKnown: false, leaving);
        var weight = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Count;
        TestContext.Current.TestOutputHelper?.WriteLine($"{weight:F0} bytes for each entry");
        Assert.Equal(Count, index.Count);
        Assert.Empty(leaving);
        Assert.InRange(weight, 80, 125);
        Assert.True(index.Contains(0x9E3779B97F4A7C15, 1));
        GC.KeepAlive(index);
    }
}
