using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Caching.Tests.Storage.Distributed;

/// <summary>Processes that share values, each with a clock that a test moves.</summary>
internal sealed class DistributedFleet : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private readonly List<Member> _members = [];

    /// <summary>Starts with none, where there were some before: where there never were, those that start at once do not trust what was stored in the moment before.</summary>
    public DistributedFleet() => Values = new SharedValues(Time) { ["net2:processes"] = ProcessList.Write([]).ToArray() };

    public ManualTimeProvider Time { get; } = new();

    public SharedValues Values { get; }

    /// <summary>Starts a process.</summary>
    /// <param name="configure">Its settings.</param>
    /// <param name="clockAhead">By how much its clock differs.</param>
    public Member Start(Action<DistributedResponseCacheOptions>? configure = null, TimeSpan clockAhead = default)
    {
        var options = new DistributedResponseCacheOptions();
        configure?.Invoke(options);
        var member = new Member(new DistributedResponseCache(Values, options, new OtherClock(Time, clockAhead), NullLogger.Instance), new OtherClock(Time, clockAhead));
        _members.Add(member);
        return member;
    }

    /// <summary>Lets time pass in steps of a tenth of a second until something has come about, for so long at most.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> UntilAsync(Func<bool> holds, TimeSpan within)
    {
        var start = Time.GetUtcNow();
        using var bound = new CancellationTokenSource(Bound);
        while (!holds())
        {
            Assert.True(Time.GetUtcNow() - start < within, $"It has not come about within {within}.");
            Time.Advance(TimeSpan.FromMilliseconds(100));
            // What the step has set off runs on other threads, until all processes sleep again.
            for (var i = 0; i < 300 && Time.Running < _members.Count(static m => m.IsRunning) && !holds(); i++) await Task.Delay(1, bound.Token);
        }

        return Time.GetUtcNow() - start;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members) await member.StopAsync();
    }

    /// <summary>A process.</summary>
    internal sealed class Member
    {
        private readonly DistributedResponseCache _cache;
        private readonly TimeProvider _clock;

        public Member(DistributedResponseCache cache, TimeProvider clock)
        {
            (_cache, _clock) = (cache, clock);
            cache.Purged += (_, purged) => Heard.Enqueue(purged.Purge);
        }

        public DistributedResponseCache Cache
        {
            get
            {
                IsRunning = true;
                return _cache;
            }
        }

        /// <summary>It was used, and looks again and again for what others have purged.</summary>
        public bool IsRunning { get; private set; }

        /// <summary>What others have purged.</summary>
        public ConcurrentQueue<CachePurge> Heard { get; } = new();

        /// <summary>Fetches and stores at this moment.</summary>
        public Task<bool> StoreAsync(string uri, string body = "body", string variant = "", string[]? tags = null, string control = "max-age=600") => StoreAsync(uri, _clock.GetUtcNow(), body, variant, tags, control);

        public async Task<bool> StoreAsync(string uri, DateTimeOffset requested, string body = "body", string variant = "", string[]? tags = null, string control = "max-age=600") =>
            await Cache.StoreAsync(new CacheKey(uri), Head(requested, variant, tags, control), new MemoryStream(Encoding.Latin1.GetBytes(body)), default);

        public async Task StopAsync()
        {
            IsRunning = false;
            await _cache.DisposeAsync();
        }

        /// <summary>Variants and bodies that are found; a question mark where they are in doubt.</summary>
        public async Task<string> FindAsync(string uri)
        {
            var shown = new List<string>();
            foreach (var found in await Cache.FindAsync(new CacheKey(uri), default))
            {
                await using var body = await found.OpenAsync(0, found.Length, default);
                shown.Add($"{found.Head.Variant}:{(body is null ? "gone" : await new StreamReader(body, Encoding.Latin1).ReadToEndAsync())}{(found.Head.IsDoubted ? "?" : "")}");
            }

            return string.Join(' ', shown.Order(StringComparer.Ordinal));
        }

        private static CachedHead Head(DateTimeOffset requested, string variant, string[]? tags, string control) => new()
        {
            StatusCode = 200,
            Fields = [new("Cache-Control", control), new("ETag", "\"1\"")],
            Variant = variant,
            RequestTime = requested,
            ResponseTime = requested,
            Tags = tags ?? [],
        };
    }

    /// <summary>A clock that differs from the others', with their timers.</summary>
    private sealed class OtherClock(ManualTimeProvider time, TimeSpan ahead) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + ahead;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
