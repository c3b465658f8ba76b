using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Tests.Polling;

public sealed class ReadinessTests
{
    private Readiness _readiness;

    [Fact]
    public void Signal_BeforeTheWait_IsThere()
    {
        var waiter = new CountingWaiter();

        Assert.Null(_readiness.Signal());

        Assert.True(_readiness.IsSignalled);
        Assert.False(_readiness.TryAwait(waiter));
        Assert.True(_readiness.TryTake());
        Assert.False(_readiness.TryTake());
        Assert.True(_readiness.TryAwait(waiter));
    }

    [Fact]
    public void Signal_AfterTheWait_NamesTheWaiterOnce_AndIsLeftToTake()
    {
        var waiter = new CountingWaiter();
        Assert.True(_readiness.TryAwait(waiter));
        Assert.False(_readiness.TryTake());

        Assert.Same(waiter, _readiness.Signal());
        Assert.Null(_readiness.Signal());

        Assert.True(_readiness.TryTake());
    }

    [Fact]
    public async Task Signals_FromAnotherThread_AreNeverLost()
    {
        const int Items = 20_000;
        var made = 0;
        var taken = 0;
        var consumer = new CountingWaiter();
        // Whoever is called, or finds a signal, takes all there is: at the end nothing may be left behind without a signal.
        consumer.Called = Consume;
        Consume();

        await Task.Run(
            () =>
            {
                for (var i = 0; i < Items; i++)
                {
                    Interlocked.Increment(ref made);
                    _readiness.Signal()?.OnReady();
                }
            },
            TestContext.Current.CancellationToken).WaitAsync(TestBounds.Wait, TestContext.Current.CancellationToken);

        Assert.Equal(Items, taken);

        void Consume()
        {
            do
            {
                _readiness.TryTake();
                taken = Volatile.Read(ref made);
            }
            while (!_readiness.TryAwait(consumer));
        }
    }

    private sealed class CountingWaiter : IReadinessWaiter
    {
        public Action? Called { get; set; }

        public void OnReady() => Called?.Invoke();
    }
}
