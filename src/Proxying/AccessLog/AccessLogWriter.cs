using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>Writes lines behind the requests: none of them waits for it. What comes while it cannot keep up is dropped and counted.</summary>
internal sealed class AccessLogWriter : IAsyncDisposable
{
    /// <summary>Lines that wait to be written.</summary>
    public const int Capacity = 8192;

    /// <summary>Lines written at one time.</summary>
    private const int MaxBatch = 512;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Channel<(byte[] Line, string? Path)> _lines = Channel.CreateBounded<(byte[], string?)>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly ILogger _lineLogger;
    private readonly ILogger _logger;
    private readonly Func<string, Stream> _open;
    private readonly Lock _lock = new();
    private Task? _writing;
    private bool _isFailing;
    private bool _isDropping;
    private long _dropped;

    /// <param name="lineLogger">Takes lines that have no path.</param>
    /// <param name="logger">Hears of what goes wrong.</param>
    /// <param name="open">Opens what has a path.</param>
    public AccessLogWriter(ILogger lineLogger, ILogger logger, Func<string, Stream> open)
    {
        _lineLogger = lineLogger;
        _logger = logger;
        _open = open;
    }

    /// <summary>Lines that were dropped, for want of room or because they could not be written.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Hands a line over. Does not wait.</summary>
    public void Write(byte[] line, string? path)
    {
        if (_writing is null) Begin();
        if (_lines.Writer.TryWrite((line, path)))
        {
            Volatile.Write(ref _isDropping, false);
            return;
        }

        Interlocked.Increment(ref _dropped);
        if (!Interlocked.Exchange(ref _isDropping, true)) AccessLogLog.Dropping(_logger, Capacity);
    }

    /// <summary>Writes what there is, within a few seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        Task? writing;
        lock (_lock) writing = _writing;
        if (writing is null) return;
        try
        {
            await writing.WaitAsync(Grace, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A disk or a pipe that takes nothing must not keep the application from ending.
        }
    }

    private void Begin()
    {
        lock (_lock)
        {
            if (_writing is not null) return;
            using (ExecutionContext.SuppressFlow()) _writing = Task.Run(RunAsync);
        }
    }

    private async Task RunAsync()
    {
        var batch = new List<(byte[] Line, string? Path)>(MaxBatch);
        while (await _lines.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < MaxBatch && _lines.Reader.TryRead(out var line)) batch.Add(line);
            for (var i = 0; i < batch.Count;)
            {
                var path = batch[i].Path;
                var end = i;
                while (end < batch.Count && batch[end].Path == path) end++;
                await WriteAsync(batch, i, end, path).ConfigureAwait(false);
                i = end;
            }

            batch.Clear();
        }
    }

    private async Task WriteAsync(List<(byte[] Line, string? Path)> batch, int start, int end, string? path)
    {
        try
        {
            if (path is null)
            {
                for (var i = start; i < end; i++) AccessLogLog.Line(_lineLogger, Encoding.UTF8.GetString(batch[i].Line));
            }
            else
            {
                var stream = _open(path);
                await using var _ = stream.ConfigureAwait(false);
                for (var i = start; i < end; i++)
                {
                    await stream.WriteAsync(batch[i].Line).ConfigureAwait(false);
                    stream.WriteByte((byte)'\n');
                }

                await stream.FlushAsync().ConfigureAwait(false);
            }

            if (_isFailing) AccessLogLog.Recovered(_logger, path);
            _isFailing = false;
        }
        catch (Exception e) // a disk that is full, a folder that is gone, a logger that throws: said once
        {
            Interlocked.Add(ref _dropped, end - start);
            if (!_isFailing) AccessLogLog.Failing(_logger, path, e);
            _isFailing = true;
        }
    }
}
