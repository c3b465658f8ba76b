using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Resilience;

public sealed class AttemptBudgetTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private readonly AttemptBudget _budget;

    public AttemptBudgetTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddNet2Balancing().AddCluster("shop", c => c.Destinations["a"] = new() { Address = "http://10.0.0.1/" });
        _services = services.BuildServiceProvider();
        Assert.True(_services.GetRequiredService<IClusterRegistry>().TryGet("shop", out var cluster));
        _budget = cluster.Feature<AttemptBudget>()!;
    }

    [Fact]
    public void TryTake_ManyRequests_GrantsAFifthOfThemOverTheWindow()
    {
        Request(1000);
        Assert.Equal(200, Granted(1000));
        _time.Advance(TimeSpan.FromSeconds(5));
        Request(1000);
        Assert.Equal(200, Granted(1000));
    }

    [Fact]
    public void TryTake_FewRequests_GrantsThreePerSecond()
    {
        Request(1);
        Assert.Equal(30, Granted(100));
        _time.Advance(TimeSpan.FromSeconds(10.5));
        Assert.Equal(30, Granted(100));
    }

    [Fact]
    public void TryTake_AWindowLater_HasForgottenTheRequests()
    {
        Request(1000);
        _time.Advance(TimeSpan.FromSeconds(10.5));
        Assert.Equal(30, Granted(1000));
    }

    [Fact]
    public void TryTake_MostAttemptsShowOverload_GrantsThreePerSecondOnly()
    {
        for (var second = 0; second < 20; second++)
        {
            Request(500);
            for (var i = 0; i < 500; i++) _budget.CountOverload();
            Assert.InRange(Granted(500), second == 0 ? 3 : 2, 3);
            _time.Advance(TimeSpan.FromSeconds(1.25));
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(600)]
    [InlineData(5000)]
    public void TryTake_TotalOverloadOutOfAQuietTime_StaysBelowOneAndATwentiethAttemptsPerRequest(int perSecond)
    {
        var (requests, attempts) = (0, 0);
        for (var tick = 0; tick < 2000; tick++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            for (var i = 0; i < perSecond / 100; i++)
            {
                Request(1);
                if (tick < 1000) continue; // all is well for ten seconds, then nothing is
                requests++;
                for (var attempt = 1; attempt <= 3; attempt++)
                {
                    attempts++;
                    _budget.CountOverload();
                    if (!_budget.TryTake(ExtraAttempt.Retry)) break;
                }
            }
        }

        Assert.InRange(attempts / (double)requests, 1, 1.05);
    }

    [Theory]
    [InlineData(25, 200)] // one sick destination of four
    [InlineData(31, 3)]
    public void TryTake_ShareThatShowsOverload_BrakesFromBelowAThirdOn(int percent, int granted)
    {
        Request(1000);
        for (var i = 0; i < percent * 10; i++) _budget.CountOverload();
        Assert.InRange(Granted(1000), granted, granted + 60); // what is granted counts as attempts, too
    }

    [Fact]
    public void TryTake_AfterABrokenConnection_DoesNotAskForOverload()
    {
        Request(1000);
        for (var i = 0; i < 1000; i++) _budget.CountOverload();
        Assert.True(Enumerable.Range(0, 100).All(_ => _budget.TryTake(ExtraAttempt.Retry, afterBrokenConnection: true)));
    }

    [Fact]
    public void TryTake_FewSignsOfOverload_MeanNothing()
    {
        Request(9);
        for (var i = 0; i < 9; i++) _budget.CountOverload();
        Assert.Equal(30, Granted(40));
    }

    [Fact]
    public void TryTake_AllKinds_ShareOneBudget()
    {
        Request(100);
        Assert.Equal(15, Granted(15, ExtraAttempt.Hedge));
        Assert.Equal(15, Granted(20, ExtraAttempt.Mirror));
        Assert.False(_budget.TryTake(ExtraAttempt.Retry));
    }

    [Fact]
    public void TryTake_Refused_IsCountedByKind()
    {
        var refused = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>() && instrument.Name == ResilienceMetrics.RefusedName) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => refused.Add($"{value} {string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}"));
        listener.Start();
        Granted(31, ExtraAttempt.Mirror);
        Assert.Equal(["1 net2.cluster.id=shop net2.attempt.kind=mirror"], refused);
    }

    [Fact]
    public void TryTake_NearlyAllConnectionsBreak_GrantsThreePerSecondOnly()
    {
        var granted = new List<int>();
        for (var second = 0; second < 10; second++)
        {
            granted.Add(GrantedToBroken(requests: 500, broken: 500));
            _time.Advance(TimeSpan.FromSeconds(1.25));
        }

        Assert.All(granted, g => Assert.InRange(g, 0, 3));
        Assert.InRange(granted.Sum(), 20, 30);
    }

    [Fact]
    public void TryTake_ThreeOfFourDestinationsBreak_GrantsAFifth()
    {
        for (var second = 0; second < 10; second++)
        {
            Assert.Equal(100, GrantedToBroken(requests: 500, broken: 375));
            _time.Advance(TimeSpan.FromSeconds(1.25));
        }
    }

    [Fact]
    public void TryTake_AllThatIsUnderWayBreaksAtOnce_GrantsWhatThereIs() => Assert.Equal(29, GrantedToBroken(requests: 10, broken: 29));

    [Fact]
    public async Task TryTake_FromManyThreads_GrantsNoMoreThanThereIs()
    {
        Request(1000);
        var granted = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Granted(1000))));
        Assert.Equal(200, granted.Sum());
    }

    public void Dispose() => _services.Dispose();

    private void Request(int count)
    {
        for (var i = 0; i < count; i++) _budget.CountRequest();
    }

    /// <summary>Each that breaks asks at once for another attempt.</summary>
    private int GrantedToBroken(int requests, int broken)
    {
        Request(requests);
        for (var i = 0; i < broken; i++) _budget.CountBroken();
        return Enumerable.Range(0, broken).Count(_ => _budget.TryTake(ExtraAttempt.Retry, afterBrokenConnection: true));
    }

    private int Granted(int asked, ExtraAttempt kind = ExtraAttempt.Retry) => Enumerable.Range(0, asked).Count(_ => _budget.TryTake(kind));
}
