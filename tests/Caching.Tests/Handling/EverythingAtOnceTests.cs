using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Handling;

/// <summary>Clients that read, leave and give up, writers, an origin with all its moods, and time that goes on: whatever happens, nobody sees a body of another, a wrong end, or what was forgotten.</summary>
public sealed class EverythingAtOnceTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);

    private readonly ManualTimeProvider _time = new(Rules.TestHeads.Noon);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public async Task Anything_FromManyClients_LeavesNothingMixedAndNothingBehind(int seed, bool copies)
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var memory = new MemoryResponseCache(new MemoryResponseCacheOptions { MaxBytes = 2_000_000, MaxBodyBytes = 150_000 });
        var options = new CachingOptions { MaxTransferBytes = 1_000_000, MaxBodyBytes = 150_000 };
        var engine = new CachingEngine(options, new CachingShared(copies ? new CopyingStore(memory) : memory, _time, services.GetRequiredService<IMeterFactory>(), NullLogger.Instance));
        using var client = new HttpClient(new CachingHandler(engine) { InnerHandler = new MoodyOrigin(seed) }) { Timeout = Timeout.InfiniteTimeSpan };
        var workers = Enumerable.Range(0, 8).Select(worker => Task.Run(() => RunAsync(client, new Random((seed * 100) + worker)))).ToArray();
        await Task.WhenAll(workers).WaitAsync(Bound);

        using var timeout = new CancellationTokenSource(Bound);
        while (engine.Flights.Count > 0 || engine.Bodies.Budget.Taken > 0)
        {
            // What nobody waits for any more is given its time.
            _time.Advance(TimeSpan.FromSeconds(31));
            await Task.Delay(1, timeout.Token);
        }

        for (var i = 0; i < 6; i++) await memory.RemoveAsync(new CacheKey($"http://shop.example/{i}"), default);
        Assert.Equal((0, 0), (memory.Bytes, memory.Entries));
    }

    private async Task RunAsync(HttpClient client, Random random)
    {
        for (var i = 0; i < 150; i++)
        {
            var key = random.Next(6);
            using var giveUp = new CancellationTokenSource();
            using var request = new HttpRequestMessage(random.Next(20) == 0 ? HttpMethod.Post : random.Next(15) == 0 ? HttpMethod.Head : HttpMethod.Get, $"http://shop.example/{key}");
            if (random.Next(3) == 0) request.Headers.Add("X-Variant", $"{random.Next(2)}");
            if (random.Next(8) == 0) request.Headers.TryAddWithoutValidation("Cache-Control", random.Next(2) == 0 ? "no-cache" : "max-stale");
            if (random.Next(8) == 0) request.Headers.TryAddWithoutValidation("Range", "bytes=10-19");
            if (random.Next(20) == 0) request.Headers.TryAddWithoutValidation("Authorization", "x");
            if (random.Next(10) == 0) _time.Advance(TimeSpan.FromSeconds(random.Next(5)));
            try
            {
                var sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, giveUp.Token);
                if (random.Next(10) == 0) await giveUp.CancelAsync();
                using var response = await sending;
                if (random.Next(10) == 0) continue;
                await CheckAsync(request, response, key, random.Next(5) == 0);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                // The origin's mood, or this client's own.
            }
        }
    }

    private static async Task CheckAsync(HttpRequestMessage request, HttpResponseMessage response, int key, bool leaves)
    {
        if (request.Method == HttpMethod.Head || (int)response.StatusCode is not (200 or 206)) return;
        var variant = request.Headers.NonValidated.TryGetValues("X-Variant", out var values) ? values.ToString() : "-";
        var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[7000];
        long total = 0;
        int read;
        while ((read = await body.ReadAsync(buffer)) > 0)
        {
            Assert.False(buffer.AsSpan(0, read).ContainsAnyExcept(MoodyOrigin.OctetOf(key)), "A body of another key.");
            total += read;
            if (leaves) return;
        }

        var length = long.Parse(response.Headers.NonValidated["X-Length"].ToString(), CultureInfo.InvariantCulture);
        Assert.Equal(variant, response.Headers.NonValidated["X-For"].ToString());
        Assert.Equal((int)response.StatusCode == 206 ? 10 : length, total);
    }

    /// <summary>Answers with a body of one octet for each key, and says how long it is and for which variant.</summary>
    private sealed class MoodyOrigin(int seed) : HttpMessageHandler
    {
        private readonly Lock _lock = new();
        private readonly Random _random = new(seed);

        public static byte OctetOf(int key) => (byte)('a' + key);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            int mood, length, pieces;
            lock (_lock) (mood, length, pieces) = (_random.Next(100), _random.Next(10) == 0 ? _random.Next(400_000) : _random.Next(20, 50_000), _random.Next(1, 20_000));
            for (var i = 0; i < mood % 4; i++) await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            if (mood < 5) throw new HttpRequestException("Not today.");
            var variant = request.Headers.NonValidated.TryGetValues("X-Variant", out var asked) ? asked.ToString() : "-";
            if (mood < 60 && TagFor(request, variant) is { } tag) return new HttpResponseMessage(HttpStatusCode.NotModified) { Headers = { { "ETag", tag }, { "Vary", "X-Variant" } } };
            if (request.Method == HttpMethod.Post) return new HttpResponseMessage(HttpStatusCode.NoContent);

            var key = int.Parse(request.RequestUri!.AbsolutePath[1..], CultureInfo.InvariantCulture);
            var breaksOff = mood is > 90 and < 94;
            var response = new HttpResponseMessage(mood < 8 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK) { Content = new StreamContent(new Pieces(OctetOf(key), length, pieces, breaksOff)) };
            response.Headers.Add("X-Length", $"{length}");
            response.Headers.Add("X-For", variant);
            response.Headers.Add("Vary", "X-Variant");
            response.Headers.TryAddWithoutValidation("Cache-Control", mood < 70 ? "max-age=5, stale-while-revalidate=3" : mood < 80 ? "no-store" : mood < 85 ? "no-cache" : "max-age=2, must-revalidate");
            // An answer to HEAD without a validator would be taken to be of what is stored.
            if (mood % 2 == 0 || request.Method == HttpMethod.Head) response.Headers.TryAddWithoutValidation("ETag", $"\"{variant}.{length}\"");
            if (mood % 3 == 0) response.Content.Headers.ContentLength = length;
            return response;
        }
    }

    // One of those that are offered, if it is of the variant asked for.
    private static string? TagFor(HttpRequestMessage request, string variant) => request.Headers.NonValidated.TryGetValues("If-None-Match", out var tags)
        ? Array.Find(tags.ToString().Split(", "), tag => tag.StartsWith($"\"{variant}.", StringComparison.Ordinal)) : null;

    private sealed class Pieces(byte octet, int length, int piece, bool breaksOff) : ReadOnlyStream
    {
        private readonly int _end = breaksOff ? length / 2 : length;
        private int _done;

        public override int Read(Span<byte> buffer) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(Math.Min(piece, _end - _done), buffer.Length);
            if (count == 0 && breaksOff) throw new IOException("Broken off.");
            buffer.Span[..count].Fill(octet);
            _done += count;
            return count;
        }
    }

    /// <summary>As a store that is not in this process: it copies.</summary>
    private sealed class CopyingStore(IResponseCache inner) : IResponseCache
    {
        public async ValueTask<IReadOnlyList<CachedResponse>> FindAsync(CacheKey key, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await inner.FindAsync(key, cancellationToken);
        }

        public ValueTask<bool> StoreAsync(CacheKey key, CachedHead head, Stream body, CancellationToken cancellationToken) => inner.StoreAsync(key, head, body, cancellationToken);

        public ValueTask<CachedResponse?> UpdateAsync(CacheKey key, CachedResponse current, CachedHead head, CancellationToken cancellationToken) => inner.UpdateAsync(key, current, head, cancellationToken);

        public ValueTask<int> RemoveAsync(CacheKey key, CancellationToken cancellationToken) => inner.RemoveAsync(key, cancellationToken);

        public ValueTask<long> PurgeAsync(CachePurge purge, CancellationToken cancellationToken) => inner.PurgeAsync(purge, cancellationToken);
    }
}
