using System.Net;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Health.Tests.Observation;

public sealed class DestinationTrafficTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly DestinationTraffic _traffic;
    private readonly HttpRequestMessage _request = new();
    private readonly Destination _destination = new("shop", "a", new Uri("http://10.0.0.1/"), new DestinationOptions());

    public DestinationTrafficTests() => _traffic = new(_time, TimeSpan.FromSeconds(10));

    public void Dispose() => _request.Dispose();

    [Theory]
    [InlineData(200, null)]
    [InlineData(404, null)]
    [InlineData(500, 1)]
    [InlineData(501, 1)]
    [InlineData(502, 2)]
    [InlineData(503, 2)]
    [InlineData(504, 2)]
    public void Summarize_Answers_AreSortedByStatus(int status, int? errors)
    {
        End(Answer(status));
        var summary = Summarize();
        Assert.Equal((1, 0, errors > 0 ? 1 : 0, errors > 1 ? 1 : 0), (summary.Requests, summary.Failures, summary.ServerErrors, summary.GatewayErrors));
    }

    [Theory]
    [InlineData(FailureSide.Client, false)]
    [InlineData(FailureSide.Proxy, false)]
    [InlineData(FailureSide.Destination, true)]
    public void Summarize_OthersFaults_AreNotTheDestinations(FailureSide side, bool isIdleClose)
    {
        End(new(_destination, _request, null, new AttemptFailure(AttemptFailureKinds.ConnectionTerminated, side, SentState.AllSent) { IsIdleClose = isIdleClose }, TimeSpan.Zero));
        Assert.Equal(default, Summarize());
    }

    [Fact]
    public void Summarize_CutAnswer_CountsTheFailureAndTheRequestOnce()
    {
        End(Answer(200));
        End(Answer(200) with { Failure = Failed }, isSecond: true);
        var summary = Summarize();
        Assert.Equal((1, 1, 1, 1.0), (summary.Requests, summary.Failures, summary.ConsecutiveFailures, summary.FailureShare));
    }

    [Fact]
    public void End_FailuresInARow_AreCountedAndEndedByAnAnswer()
    {
        Assert.Equal([1, 2, 3], Enumerable.Range(0, 3).Select(_ => End(Failure()).Failures));
        Assert.Equal((0, 1), End(Answer(503)));
        Assert.Equal((0, 2), End(Answer(503)));
        Assert.Equal((1, 0), End(Failure()));
        Assert.Equal((0, 3), End(Answer(503)));
        Assert.Equal((0, 0), End(Answer(500)));
        Assert.Equal((0, 0), (Summarize().ConsecutiveFailures, Summarize().ConsecutiveGatewayErrors));
    }

    [Fact]
    public void Silence_IsOfThoseThatBeganAfterTheLastAnswer()
    {
        _traffic.Begin(); // a long one, which waits all the time
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1, 1, TimeSpan.FromSeconds(2)), (Summarize().Waiting, Summarize().Unanswered, Summarize().Silence));
        End(Answer(200));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((1, 0, TimeSpan.Zero), (Summarize().Waiting, Summarize().Unanswered, Summarize().Silence));
        _traffic.Begin();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((2, 1, TimeSpan.FromSeconds(1)), (Summarize().Waiting, Summarize().Unanswered, Summarize().Silence));
    }

    [Fact]
    public void Silence_CallersThatGiveUp_DoNotEndIt()
    {
        _traffic.Begin();
        _time.Advance(TimeSpan.FromSeconds(1));
        End(new(_destination, _request, null, new AttemptFailure(AttemptFailureKinds.ConnectionTerminated, FailureSide.Client, SentState.Unknown), TimeSpan.Zero));
        Assert.Equal((1, TimeSpan.FromSeconds(1)), (Summarize().Waiting, Summarize().Silence));
    }

    [Fact]
    public void TypicalTime_IsThatOfTheAnswers()
    {
        for (var i = 0; i < 10; i++) End(Answer(200, milliseconds: 20));
        End(Failure());
        Assert.InRange(Summarize().TypicalTime.TotalMilliseconds, 18.5, 20.5);
    }

    [Fact]
    public void UseWindow_OtherLength_ForgetsWhatWasButNotWhatWaits()
    {
        _traffic.Begin();
        End(Failure());
        _traffic.UseWindow(TimeSpan.FromSeconds(10));
        Assert.Equal(1, Summarize().Requests);
        _traffic.UseWindow(TimeSpan.FromSeconds(20));
        Assert.Equal((0, 1), (Summarize().Requests, Summarize().Waiting));
    }

    [Fact]
    public void BeginAndEnd_AllocateNothing()
    {
        var outcome = Answer(200);
        var failure = Failure();
        Run(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(1_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int times)
        {
            var system = new DestinationTraffic(TimeProvider.System, TimeSpan.FromSeconds(10));
            before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                system.Begin();
                system.End(outcome, DestinationTraffic.ResultOf(outcome));
                system.Begin();
                system.End(failure, DestinationTraffic.ResultOf(failure));
            }
        }
    }

    private static AttemptFailure Failed => new(AttemptFailureKinds.ConnectionRefused, FailureSide.Destination, SentState.NotConnected);

    private AttemptOutcome Answer(int status, double milliseconds = 1) =>
        new(_destination, _request, new HttpResponseMessage((HttpStatusCode)status), null, TimeSpan.FromMilliseconds(milliseconds));

    private AttemptOutcome Failure() => new(_destination, _request, null, Failed, TimeSpan.Zero);

    private (int Failures, int GatewayErrors) End(in AttemptOutcome outcome, bool isSecond = false)
    {
        if (!isSecond) _traffic.Begin();
        return _traffic.End(outcome, DestinationTraffic.ResultOf(outcome));
    }

    private TrafficSummary Summarize() => _traffic.Summarize(_time.GetTimestamp());
}
