using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Tests.Polling;

public sealed class SocketPollerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deferred_IsDoneBehindWhatCarriesOn_ByTheSameThread_WhateverOthersThrow()
    {
        using var pair = await SocketPair.CreateAsync();
        var steps = new List<string>();
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);

        var carrying = CarryOnAsync();
        await pair.Far.SendAsync("x"u8.ToArray(), Stop);

        Assert.Equal(await carrying.WaitAsync(TestBounds.Wait, Stop), await done.Task.WaitAsync(TestBounds.Wait, Stop));
        Assert.Equal(["carried on", "first", "of first", "last"], steps);

        // The thread goes on all the same.
        var receiving = pair.Near.ReceiveAsync(new byte[1]).AsTask();
        await pair.Far.SendAsync("y"u8.ToArray(), Stop);
        Assert.Equal(1, await receiving.WaitAsync(TestBounds.Wait, Stop));

        async Task<int> CarryOnAsync()
        {
            await pair.Near.ReceiveAsync(new byte[1]).ConfigureAwait(false);
            Assert.True(Defer(() =>
            {
                steps.Add("first");
                Defer(() => steps.Add("of first"));
                Defer(() =>
                {
                    steps.Add("last");
                    done.SetResult(Environment.CurrentManagedThreadId);
                });
                throw new InvalidOperationException("on purpose");
            }));
            steps.Add("carried on");
            return Environment.CurrentManagedThreadId;
        }
    }

    [Fact]
    public void Deferred_OnAThreadThatIsNoPollers_IsRefused()
    {
        var isTaken = true;
        // A thread of its own: tests go on wherever something completes, which may be at a poller.
        var thread = new Thread(() => isTaken = Defer(static () => { }));
        thread.Start();
        thread.Join();
        Assert.False(isTaken);
    }

    private static bool Defer(Action work) => SocketPoller.TryDefer(new Work(work));

    private sealed class Work(Action work) : IThreadPoolWorkItem
    {
        public void Execute() => work();
    }
}
