using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Caching.Tests.Storage;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>Bodies that memory cannot hold, on their way to the disk.</summary>
[Collection(nameof(MemoryWeightTests))]
public sealed class LargeBodyTests : IDisposable
{
    private const long FrontBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly DiskUnderTest _disk = new();
    private DiskResponseCache? _store;

    public void Dispose()
    {
        _disk.Dispose();
        _services.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_LargerThanMemoryTakes_IsStoredOnDiskWhileItArrivesAndIsAHitThen(bool isAnnounced)
    {
        const long Length = 3 * 1024 * 1024;
        using var origin = new Origin(Length, isAnnounced);
        using var client = Client(origin, out _);
        for (var i = 0; i < 3; i++)
        {
            using var response = await client.GetAsync(new Uri("http://shop.example/"), HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);
            Assert.Equal(Length, await CheckAsync(await response.Content.ReadAsStreamAsync()).WaitAsync(Bound));
            // The store may still be about the end of it.
            await CacheUnderTest.UntilAsync(() => _store!.Entries == 1);
        }

        Assert.Equal(1, origin.Asked);
    }

    [Fact]
    public async Task Get_AFewThatFitTheTransferBudgetNoMore_AreStoredAllTheSame()
    {
        using var origin = new Origin(800 * 1024, isAnnounced: true);
        using var client = Client(origin, out _, maxTransferBytes: 64 * 1024);
        for (var i = 0; i < 2; i++)
        {
            using var response = await client.GetAsync(new Uri("http://shop.example/"), HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);
            Assert.Equal(800 * 1024, await CheckAsync(await response.Content.ReadAsStreamAsync()).WaitAsync(Bound));
            await CacheUnderTest.UntilAsync(() => _store!.Entries == 1);
        }

        Assert.Equal(1, origin.Asked);
    }

    [Fact]
    public async Task Get_ThreeClientsOfDifferentSpeed_ShareOneFetchInLittleMemory()
    {
        const long Length = 64L * 1024 * 1024;
        _disk.Options.MaxBytes = 1L << 30;
        _disk.Options.MaxBodyBytes = 1L << 28;
        using var origin = new Origin(Length, isAnnounced: true) { Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        using var client = Client(origin, out _);
        // All of them are there before the beginning has gone by.
        var responses = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => client.GetAsync(new Uri("http://shop.example/"), HttpCompletionOption.ResponseHeadersRead))).WaitAsync(Bound);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        origin.Gate.SetResult();
        var lengths = await Task.WhenAll(responses.Select(async (response, speed) => await CheckAsync(await response.Content.ReadAsStreamAsync(), read =>
        {
            // The second one and the third let others go first, the third more often.
            if (speed == 2 && read % (8 * 1024 * 1024) < 70_000) InterlockedMax(ref most, GC.GetTotalMemory(forceFullCollection: true) - before);
            return speed == 0 ? 0 : speed * 3;
        }))).WaitAsync(Bound);
        Assert.All(lengths, length => Assert.Equal(Length, length));
        Assert.Equal(1, origin.Asked);
        TestContext.Current.TestOutputHelper?.WriteLine($"at most {most / 1024} KiB");
        Assert.InRange(most, 1, 8 * 1024 * 1024);
        await CacheUnderTest.UntilAsync(() => _store!.Entries == 1);
        foreach (var response in responses) response.Dispose();
        using var hit = await client.GetAsync(new Uri("http://shop.example/"), HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);
        Assert.Equal(Length, await CheckAsync(await hit.Content.ReadAsStreamAsync()).WaitAsync(Bound));
        Assert.Equal(1, origin.Asked);
    }

    private static void InterlockedMax(ref long most, long value)
    {
        if (value > Volatile.Read(ref most)) Volatile.Write(ref most, value);
    }

    private static async Task<long> CheckAsync(Stream body, Func<long, int>? yields = null)
    {
        await using (body)
        {
            var buffer = new byte[64 * 1024];
            var total = 0L;
            while (await body.ReadAsync(buffer) is > 0 and var read)
            {
                for (var i = 0; i < read; i += 997) Assert.Equal(Origin.ByteAt(total + i), buffer[i]);
                total += read;
                for (var i = yields?.Invoke(total) ?? 0; i > 0; i--) await Task.Yield();
            }

            return total;
        }
    }

    private HttpClient Client(Origin origin, out TieredResponseCache cache, long maxTransferBytes = 128 * 1024 * 1024)
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        var front = new MemoryResponseCache(new MemoryResponseCacheOptions { MaxBytes = FrontBytes, MaxBodyBytes = FrontBytes / 4 });
        cache = new TieredResponseCache(front, new SecondTier(_store = _disk.Open(), "disk", _disk.Options.MaxBodyBytes, isShared: false), new TieredResponseCacheOptions { Timeout = Bound }, TimeProvider.System, meters, NullLogger.Instance);
        // A machine that is busy with other things is not to be taken for a disk that is slow.
        var options = new CachingOptions { MaxBodyBytes = 1L << 30, MaxTransferBytes = maxTransferBytes, StoreTimeout = Bound, BackgroundTimeout = Bound };
        return new HttpClient(new CachingHandler(new CachingEngine(options, new CachingShared(cache, TimeProvider.System, meters, NullLogger.Instance))) { InnerHandler = origin });
    }

    /// <summary>Answers with a body that is made while it is read.</summary>
    private sealed class Origin(long length, bool isAnnounced) : HttpMessageHandler
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public TaskCompletionSource? Gate { get; init; }

        public static byte ByteAt(long position) => (byte)((position * 31) >> 8);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new Body(length, Gate?.Task ?? Task.CompletedTask)) };
            response.Headers.TryAddWithoutValidation("Cache-Control", "max-age=600");
            if (isAnnounced) response.Content.Headers.ContentLength = length;
            return Task.FromResult(response);
        }

        private sealed class Body(long length, Task gate) : Stream
        {
            private long _position;

            public override bool CanRead => true;

            public override bool CanSeek => false;

            public override bool CanWrite => false;

            public override long Length => throw new NotSupportedException();

            public override long Position { get => _position; set => throw new NotSupportedException(); }

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                await gate.WaitAsync(cancellationToken);
                var count = (int)Math.Min(buffer.Length, length - _position);
                for (var i = 0; i < count; i++) buffer.Span[i] = ByteAt(_position + i);
                _position += count;
                return count;
            }

            public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override void Flush() => throw new NotSupportedException();

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        }
    }
}
