using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>What a look at a file tells, and when it reads the content for that.</summary>
public sealed class FileWatchTests : IDisposable
{
    private static readonly DateTime Written = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly FileWatch _watch;

    public FileWatchTests()
    {
        _watch = new FileWatch(_folder["file"], _time);
        Write("a");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Look_SameLengthAndTimeWithinATick_IsAnotherState()
    {
        var first = _watch.Look();
        _time.Advance(FileWatch.Tick);
        Write("b");
        Assert.NotEqual(first, _watch.Look());
    }

    [Fact]
    public void Look_ChangedAtTheEndOfTheTick_IsSeenByTheNextLook()
    {
        var first = _watch.Look();
        Write("b");
        _time.Advance(TimeSpan.FromHours(1));
        Assert.NotEqual(first, _watch.Look());
    }

    [Fact]
    public void Look_LongAfterTheLastChange_ReadsNoContent()
    {
        _watch.Look();
        _time.Advance(FileWatch.Tick + TimeSpan.FromTicks(1));
        var rests = _watch.Look();
        // Nothing but a clock that was set back, or a program that sets times, does this. That it goes unseen shows that the content was not read.
        Write("b");
        Assert.Equal(rests, _watch.Look());
        Write("c", Written.AddTicks(1));
        Assert.NotEqual(rests, _watch.Look());
    }

    [Fact]
    public void Look_OfTwoWatches_TellsTheSameState() => Assert.Equal(_watch.Look(), new FileWatch(_folder["file"], _time).Look());

    [Fact]
    public void Look_FileGoneAndBack_IsTheStateItWas()
    {
        var first = _watch.Look();
        File.Delete(_folder["file"]);
        Assert.False(_watch.Look().Exists);
        Write("a");
        Assert.Equal(first, _watch.Look());
    }

    private void Write(string content, DateTime? time = null)
    {
        _folder.Write("file", content);
        File.SetLastWriteTimeUtc(_folder["file"], time ?? Written);
    }
}
