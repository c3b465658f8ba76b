using Net2Secure.Routing.Proxying.Acme;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Acme;

public sealed class AcmeLeaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();

    private string LeaseFile => Path.Combine(_folder.Path, "lease");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryTake_WhileAnotherHasIt_IsRefused_UntilItIsGivenBack()
    {
        using (Take("a"))
        {
            Assert.Null(Take("b"));
        }

        Assert.False(File.Exists(LeaseFile));
        using var second = Take("b");
        Assert.NotNull(second);
    }

    [Fact]
    public void TryTake_HolderAlive_IsRefusedHoweverLongItTakes()
    {
        using var first = Take("a");

        _time.Advance(AcmeLease.Lifetime * 5);

        Assert.Null(Take("b"));
    }

    [Fact]
    public void TryTake_HolderWithoutSignOfLife_SucceedsAfterItsLifetime()
    {
        File.WriteAllText(LeaseFile, $"dead\n{_time.GetUtcNow().ToUnixTimeSeconds()}\n");

        _time.Advance(AcmeLease.Lifetime);
        Assert.Null(Take("b"));
        _time.Advance(TimeSpan.FromSeconds(1));

        using var second = Take("b");
        Assert.NotNull(second);
        Assert.StartsWith("b\n", File.ReadAllText(LeaseFile), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void TryTake_HalfWritten_CountsFromWhenItWasMade()
    {
        File.WriteAllText(LeaseFile, "dea");
        File.SetLastWriteTimeUtc(LeaseFile, _time.GetUtcNow().UtcDateTime);
        Assert.Null(Take("b"));

        _time.Advance(AcmeLease.Lifetime + TimeSpan.FromSeconds(1));

        using var second = Take("b");
        Assert.NotNull(second);
    }

    [Fact]
    public void Dispose_OfOneThatAnotherHasTaken_LeavesItAlone()
    {
        var first = Take("a")!;
        File.WriteAllText(LeaseFile, $"b\n{_time.GetUtcNow().ToUnixTimeSeconds()}\n");

        first.Dispose();

        Assert.StartsWith("b\n", File.ReadAllText(LeaseFile), StringComparison.Ordinal);
    }

    private AcmeLease? Take(string owner) => AcmeLease.TryTake(LeaseFile, owner, _time);
}
