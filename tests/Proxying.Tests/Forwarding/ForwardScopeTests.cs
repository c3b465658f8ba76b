using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Forwarding;

/// <summary>Whose time it is that runs out: the client's while it is waited for, the destination's otherwise.</summary>
public sealed class ForwardScopeTests : IDisposable
{
    private readonly ForwardScope _scope;
    private readonly ManualTimeProvider _time = new();

    public ForwardScopeTests()
    {
        _scope = new ForwardScope(_time);
        _scope.Begin(TimeSpan.FromSeconds(100), null, CancellationToken.None);
        _scope.LimitClient(send: TimeSpan.FromSeconds(10), receive: TimeSpan.FromSeconds(30));
    }

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(9, (int)ForwardEnd.None)]
    [InlineData(10, (int)ForwardEnd.ClientStalled)]
    public void UploadWait_LongerThanAllowed_EndsTheRequest(int seconds, int expected)
    {
        _scope.BeginUploadWait();
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal((ForwardEnd)expected, _scope.Reason);
    }

    [Theory]
    [InlineData(29, (int)ForwardEnd.None)]
    [InlineData(30, (int)ForwardEnd.ClientGone)]
    public void DownloadWait_LongerThanAllowed_EndsTheRequest(int seconds, int expected)
    {
        _scope.BeginDownloadWait();
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal((ForwardEnd)expected, _scope.Reason);
    }

    // Each octet a moment before time is up buys nothing; each step does.
    [Theory]
    [InlineData(1, (int)ForwardEnd.ClientStalled)]
    [InlineData(ForwardScope.UploadStep / 3, (int)ForwardEnd.None)]
    [InlineData(ForwardScope.UploadStep, (int)ForwardEnd.None)]
    public void UploadWait_InPieces_CountsUntilEnoughHasCome(int octets, int expected)
    {
        for (var i = 0; i < 60; i++)
        {
            _scope.BeginUploadWait();
            _time.Advance(TimeSpan.FromSeconds(3));
            _scope.EndUploadWait(octets);
            _scope.Touch();
        }

        Assert.Equal((ForwardEnd)expected, _scope.Reason);
    }

    [Fact]
    public void UploadWait_WhileTheDestinationIsSlow_DoesNotCount()
    {
        for (var i = 0; i < 9; i++)
        {
            _scope.BeginUploadWait();
            _time.Advance(TimeSpan.FromSeconds(1));
            _scope.EndUploadWait(1);
            _time.Advance(TimeSpan.FromSeconds(60));
            _scope.Touch();
        }

        Assert.Equal(ForwardEnd.None, _scope.Reason);
    }

    [Fact]
    public void QuietUpload_WhereItIsAllowed_EndsWithTheActivityTimeoutOnly()
    {
        _scope.AllowQuietUpload();
        _scope.BeginUploadWait();
        _time.Advance(TimeSpan.FromSeconds(99));
        Assert.Equal(ForwardEnd.None, _scope.Reason);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(ForwardEnd.Inactive, _scope.Reason);
    }

    [Fact]
    public void Scope_ThatIsReused_StartsWithoutTheWaitOfTheLastRequest()
    {
        _scope.BeginUploadWait();
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_scope.Complete());
        _scope.Begin(TimeSpan.FromSeconds(100), null, CancellationToken.None);
        _scope.LimitClient(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(50));

        Assert.Equal(ForwardEnd.None, _scope.Reason);
    }
}
