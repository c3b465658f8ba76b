using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>The access log of the application: whether it is on, what is written, and when; of requests and of connections that are passed through. Thread-safe.</summary>
internal sealed class AccessLogger : IAsyncDisposable, IDisposable
{
    /// <summary>The category of lines that go to the application's logging.</summary>
    public const string Category = "Net2Secure.Routing.Access";

    /// <summary>Name of the instrument: lines dropped.</summary>
    public const string DroppedName = "net2.access_log.dropped";

    private readonly AccessLogWriter _writer;
    private readonly RandomSource _random;
    private readonly TimeProvider _time;
    private readonly AccessLogOptions _defaults;
    private AccessLogSettings? _settings;

    public AccessLogger(IOptions<AccessLogOptions> defaults, ILoggerFactory loggers, IMeterFactory meters, RandomSource random, TimeProvider time)
    {
        _defaults = defaults.Value;
        _random = random;
        _time = time;
        _writer = new AccessLogWriter(loggers.CreateLogger(Category), loggers.CreateLogger<AccessLogger>(), Open);
        meters.Create(ProxyMetrics.MeterName).CreateObservableCounter(DroppedName, () => _writer.Dropped, "{line}", "Lines of the access log that were dropped.");
        Use(null);
    }

    /// <summary>Whether requests are written down.</summary>
    public bool IsOn => Volatile.Read(ref _settings) is not null;

    /// <summary>Makes settings those in force; <see langword="null"/>: those of the application's code.</summary>
    public void Use(AccessLogOptions? configured)
    {
        var options = configured ?? _defaults;
        Volatile.Write(ref _settings, options.Enabled ? new AccessLogSettings(options) : null);
    }

    /// <summary>Serves a request and writes it down at its end, whatever that is.</summary>
    public async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        var began = _time.GetUtcNow();
        var record = new RequestRecord { Started = _time.GetTimestamp(), WantsCache = true };
        context.Features.Set(record);
        var hasThrown = true;
        try
        {
            await next(context).ConfigureAwait(false);
            hasThrown = false;
        }
        finally
        {
            if (Volatile.Read(ref _settings) is { } settings) Write(new AccessLogEntry(context, record, began, _time.GetElapsedTime(record.Started), hasThrown), settings);
        }
    }

    /// <summary>Writes a connection down that was passed through, at its end.</summary>
    public void Write(in ConnectionLogEntry entry)
    {
        if (Volatile.Read(ref _settings) is not { } settings || IsLeftOut(entry.HasFailed, settings)) return;
        _writer.Write(ConnectionLine.Write(entry, settings), settings.Path);
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    public void Dispose() => _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private void Write(in AccessLogEntry entry, AccessLogSettings settings)
    {
        if (IsLeftOut(entry.HasFailed, settings)) return;
        _writer.Write(settings.Format == AccessLogFormat.Json ? JsonLine.Write(entry, settings) : CombinedLine.Write(entry, settings), settings.Path);
    }

    private bool IsLeftOut(bool hasFailed, AccessLogSettings settings) => settings.Sample > 1 && !hasFailed && _random.Next(settings.Sample) != 0;

    internal static BufferedStream Open(string path) => path == AccessLogRules.StandardOutput
        ? new BufferedStream(Console.OpenStandardOutput())
        : new BufferedStream(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
}
