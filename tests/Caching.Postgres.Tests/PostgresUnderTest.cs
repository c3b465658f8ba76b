using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching.Postgres.Tests;

/// <summary>A store as one process of a fleet has it, and what it has heard.</summary>
internal sealed class PostgresUnderTest : IAsyncDisposable
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public PostgresUnderTest(PostgresServer server, string table, Action<PostgresResponseCacheOptions>? configure = null)
    {
        var options = new PostgresResponseCacheOptions { ConnectionString = server.ConnectionString, Table = table };
        configure?.Invoke(options);
        Cache = new PostgresResponseCache(options, null, TimeProvider.System, Log);
        Cache.Purged += (_, purged) => Heard.Enqueue(purged.Purge);
    }

    public PostgresResponseCache Cache { get; }

    /// <summary>What others have purged.</summary>
    public ConcurrentQueue<CachePurge> Heard { get; } = new();

    public WrittenLog Log { get; } = new();

    public async Task<bool> StoreAsync(string uri, string body = "body", string variant = "", string[]? tags = null, DateTimeOffset? requested = null) => await Cache.StoreAsync(
        new CacheKey(uri),
        new CachedHead
        {
            StatusCode = 200,
            Fields = [new("Cache-Control", "max-age=600")],
            Variant = variant,
            RequestTime = requested ?? TimeProvider.System.GetUtcNow(),
            ResponseTime = requested ?? TimeProvider.System.GetUtcNow(),
            Tags = tags ?? [],
        },
        new MemoryStream(Encoding.Latin1.GetBytes(body)), default);

    /// <summary>Variants and bodies that are found; a question mark where they are in doubt.</summary>
    public async Task<string> FindAsync(string uri)
    {
        var shown = new List<string>();
        foreach (var found in await Cache.FindAsync(new CacheKey(uri), default).AsTask().WaitAsync(Bound))
        {
            await using var body = await found.OpenAsync(0, found.Length, default);
            shown.Add($"{found.Head.Variant}:{(body is null ? "gone" : await new StreamReader(body, Encoding.Latin1).ReadToEndAsync())}{(found.Head.IsDoubted ? "?" : "")}");
        }

        return string.Join(' ', shown.Order(StringComparer.Ordinal));
    }

    /// <summary>Waits until something holds that nobody announces.</summary>
    /// <returns>How long it took.</returns>
    public static async Task<TimeSpan> UntilAsync(Func<bool> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var bound = new CancellationTokenSource(Bound);
        while (!holds()) await Task.Delay(2, bound.Token);
        return TimeProvider.System.GetElapsedTime(start);
    }

    /// <inheritdoc cref="UntilAsync(Func{bool})"/>
    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var bound = new CancellationTokenSource(Bound);
        while (!await holds()) await Task.Delay(10, bound.Token);
        return TimeProvider.System.GetElapsedTime(start);
    }

    public ValueTask DisposeAsync() => Cache.DisposeAsync();

    /// <summary>Keeps what is written.</summary>
    internal sealed class WrittenLog : ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string Text => string.Join('\n', _lines);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{eventId.Name} {formatter(state, exception)} {exception}");
    }
}
