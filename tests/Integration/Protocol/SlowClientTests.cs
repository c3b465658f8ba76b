using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>Clients that send or take too slowly. Each limit is the default one, in time that the test moves.</summary>
public sealed class SlowClientTests
{
    [Fact]
    public async Task Head_ThatTakesLongerThanThirtySecondsInAll_Is408()
    {
        await using var scene = await Scene.StartAsync();
        using var client = await RawClient.ConnectAsync(scene.Address);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        var reading = client.ReadResponseAsync();

        var seconds = await scene.AdvanceUntilAsync(reading, () => client.SendAsync("x"));

        var response = await reading;
        Assert.Equal(408, response.Status);
        response.AssertProblem();
        Assert.InRange(seconds, 30, 40);
        Assert.Empty(scene.Origin.Requests);
    }

    [Fact]
    public async Task Connection_ThatNeverBegins_IsClosedWithoutAnAnswer()
    {
        await using var scene = await Scene.StartAsync();
        using var client = await RawClient.ConnectAsync(scene.Address);
        var reading = client.ReadToEndAsync();

        Assert.InRange(await scene.AdvanceUntilAsync(reading), 30, 40);
        Assert.Equal("", await reading);
    }

    // However much came before: an average would let a fast beginning buy any amount of standing still.
    [Theory]
    [InlineData("Content-Length: 1000000\r\n\r\n", 100)]
    [InlineData("Content-Length: 1000000\r\n\r\n", 500_000)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n100000\r\n", 500_000)]
    public async Task Body_ThatStandsStill_Is408AndNeverCompleteAtTheOrigin(string framing, int sent)
    {
        await using var scene = await Scene.StartAsync();
        using var client = await RawClient.ConnectAsync(scene.Address);
        await client.SendAsync("POST /x HTTP/1.1\r\nHost: a\r\n" + framing + new string('x', sent));
        var request = await scene.Origin.WaitForAsync("/x");
        await Eventually.TrueAsync(() => request.Body.Length == sent);
        var reading = client.ReadResponseAsync();

        var seconds = await scene.AdvanceUntilAsync(reading);

        var response = await reading;
        Assert.Equal(408, response.Status);
        response.AssertProblem();
        Assert.Equal("close", response.Field("Connection"));
        Assert.InRange(seconds, 10, 20);
        await request.Connection.Ended.WaitAsync(ProxyUnderTest.Patience);
        Assert.False(request.IsComplete);
    }

    [Fact]
    public async Task Body_ThatTrickles_Is408()
    {
        await using var scene = await Scene.StartAsync();
        using var client = await RawClient.ConnectAsync(scene.Address);
        await client.SendAsync("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + new string('x', 100_000));
        await scene.Origin.WaitForAsync("/x");
        var reading = client.ReadResponseAsync();

        var seconds = await scene.AdvanceUntilAsync(reading, () => client.SendAsync("x"));

        Assert.Equal(408, (await reading).Status);
        Assert.InRange(seconds, 10, 20);
    }

    [Fact]
    public async Task Body_ThatKeepsTheLeastRate_GoesThrough()
    {
        await using var scene = await Scene.StartAsync();
        using var client = await RawClient.ConnectAsync(scene.Address);
        await client.SendAsync("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n");
        var request = await scene.Origin.WaitForAsync("/x");
        for (var i = 1; i <= 60; i++)
        {
            await client.SendAsync(new string('x', 500));
            await Eventually.TrueAsync(() => request.Body.Length == i * 500);
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
    }

    // The time that the destination takes is not the client's.
    [Fact]
    public async Task Origin_ThatThinksForLong_IsNotHeldAgainstTheClient()
    {
        await using var scene = await Scene.StartAsync();
        using var client = await RawClient.ConnectAsync(scene.Address);
        await client.SendAsync("POST /mute HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        await (await scene.Origin.WaitForAsync("/mute")).Completed;
        var reading = client.ReadResponseAsync();

        var seconds = await scene.AdvanceUntilAsync(reading);

        Assert.Equal(504, (await reading).Status);
        Assert.InRange(seconds, 90, 115);
    }

    [Fact]
    public async Task Grpc_MayBeQuietForLonger()
    {
        await using var scene = await Scene.StartAsync();
        using var client = await RawClient.ConnectAsync(scene.Address);
        await client.SendAsync("POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc+proto\r\nContent-Length: 10\r\n\r\nhello");
        var request = await scene.Origin.WaitForAsync("/x");
        await Eventually.TrueAsync(() => request.Body.Length == 5);
        for (var i = 0; i < 60; i++) scene.Time.Advance(TimeSpan.FromSeconds(1));
        await client.SendAsync("world");

        Assert.Equal(200, (await client.ReadResponseAsync()).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_ThatStopsReading_IsCutAndTheOriginWithIt(bool lengthIsKnown)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = 0L;
        var time = new ManualTimeProvider();
        await using var proxy = await ProxyUnderTest.StartAsync(
            async context =>
            {
                if (lengthIsKnown) context.Response.ContentLength = 1L << 30;
                var block = new byte[64 * 1024];
                try
                {
                    while (written < 1L << 30)
                    {
                        await context.Response.Body.WriteAsync(block, context.RequestAborted);
                        Interlocked.Add(ref written, block.Length);
                    }
                }
                catch (Exception e) when (e is OperationCanceledException or IOException)
                {
                    // What the test waits for. A server that has lost its client may also swallow what is written.
                }
                finally
                {
                    stopped.TrySetResult();
                }
            },
            proxy: builder => builder.Services.AddSingleton<TimeProvider>(time));
        using var client = await RawClient.ConnectAsync(proxy.Address, receiveBuffer: 16 * 1024);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await Eventually.SteadyAsync(() => Interlocked.Read(ref written));
        // Buffers of the kernel on both sides of the proxy count, too: what the proxy itself holds is the least of it.
        Assert.InRange(Interlocked.Read(ref written), 1, 24 * 1024 * 1024);

        var seconds = 0;
        for (; seconds < 100 && !stopped.Task.IsCompleted; seconds++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(stopped.Task, Task.Delay(seconds < 28 ? 1 : 100));
        }

        Assert.InRange(seconds, 30, 40);
        await stopped.Task;
    }

    [Fact]
    public async Task Origin_ThatStopsReading_StopsTheClientsUpload()
    {
        var release = new TaskCompletionSource();
        await using var proxy = await ProxyUnderTest.StartAsync(_ => release.Task);
        using var client = await RawClient.ConnectAsync(proxy.Address);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
        var sent = 0L;
        using var stop = new CancellationTokenSource();
        var sending = Task.Run(async () =>
        {
            var block = new byte[64 * 1024];
            try
            {
                while (true) Interlocked.Add(ref sent, await client.Socket.SendAsync(block, stop.Token));
            }
            catch (OperationCanceledException)
            {
                // The test has seen enough.
            }
        });

        await Eventually.SteadyAsync(() => Interlocked.Read(ref sent));

        Assert.InRange(Interlocked.Read(ref sent), 1, 24 * 1024 * 1024);
        await stop.CancelAsync();
        await sending;
        release.SetResult();
    }

    private sealed class Scene(ProxyUnderTest proxy, RecordingOrigin origin, ManualTimeProvider time) : IAsyncDisposable
    {
        public Uri Address => proxy.Address;

        public RecordingOrigin Origin => origin;

        public ManualTimeProvider Time => time;

        public static async Task<Scene> StartAsync()
        {
            var time = new ManualTimeProvider();
            var origin = new RecordingOrigin();
            return new(await ProxyUnderTest.StartAsync(origin.Address, proxy: builder => builder.Services.AddSingleton<TimeProvider>(time)), origin, time);
        }

        /// <summary>Moves time second by second until something has happened.</summary>
        /// <returns>The seconds that it took, and a few more: what time sets off needs a moment to show.</returns>
        public async Task<int> AdvanceUntilAsync(Task happened, Func<Task>? meanwhile = null)
        {
            for (var seconds = 1; seconds < 300; seconds++)
            {
                if (meanwhile is not null) await meanwhile();
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.WhenAny(happened, Task.Delay(20));
                if (happened.IsCompleted) return seconds;
            }

            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"Nothing happened by {time.GetUtcNow()}."));
        }

        public async ValueTask DisposeAsync()
        {
            await proxy.DisposeAsync();
            await origin.DisposeAsync();
        }
    }
}
