using System.Text;
using Microsoft.Extensions.Logging;
using Net2Secure.Routing.Proxying.AccessLog;

namespace Net2Secure.Routing.Proxying.Tests.AccessLog;

/// <summary>Lines on their way out: nobody waits for them, and what is lost is counted.</summary>
public sealed class AccessLogWriterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RecordingLogger _lines = new();
    private readonly RecordingLogger _log = new();

    [Fact]
    public async Task Lines_WithoutAPath_GoToTheLog()
    {
        await using (var writer = new AccessLogWriter(_lines, _log, static _ => throw new InvalidOperationException()))
        {
            for (var i = 0; i < 1000; i++) writer.Write(Encoding.UTF8.GetBytes($"line {i}"), null);
        }

        Assert.Equal(Enumerable.Range(0, 1000).Select(static i => $"line {i}"), _lines.Messages);
        Assert.Empty(_log.Messages);
    }

    [Fact]
    public async Task File_MovedAway_IsMadeAnew()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "access.log");
            await using var writer = new AccessLogWriter(_lines, _log, AccessLogger.Open);
            writer.Write("one"u8.ToArray(), path);
            await UntilAsync(path, "one\n");
            File.Move(path, path + ".1");
            writer.Write("two"u8.ToArray(), path);
            await UntilAsync(path, "two\n");
            writer.Write("three"u8.ToArray(), path);
            await UntilAsync(path, "two\nthree\n");
            Assert.Equal("one\n", await File.ReadAllTextAsync(path + ".1"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Output_ThatTakesNothing_CostsLinesAndNoTime()
    {
        using var stuck = new StuckStream();
        var writer = new AccessLogWriter(_lines, _log, _ => stuck);
        writer.Write("first"u8.ToArray(), "p");
        await stuck.Reached.WaitAsync(Patience);
        for (var i = 0; i < AccessLogWriter.Capacity + 100; i++) writer.Write("more"u8.ToArray(), "p");
        Assert.Equal(100, writer.Dropped);
        // Said once, not for each.
        Assert.Single(_log.Messages);
        stuck.LetGo();
        await writer.DisposeAsync();
        Assert.Equal(AccessLogWriter.Capacity + 1, stuck.Written);
        Assert.Equal(100, writer.Dropped);
    }

    [Fact]
    public async Task Output_ThatFails_IsToldOfOnceAndTriedAgain()
    {
        var fails = true;
        var output = new MemoryStream();
        var writer = new AccessLogWriter(_lines, _log, _ => Volatile.Read(ref fails) ? throw new IOException("disk full") : output);
        for (var i = 1; i <= 3; i++)
        {
            writer.Write("lost"u8.ToArray(), "p");
            using var patience = new CancellationTokenSource(Patience);
            while (writer.Dropped < i)
            {
                patience.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        Assert.Single(_log.Messages);
        Volatile.Write(ref fails, false);
        writer.Write("kept"u8.ToArray(), "p");
        await writer.DisposeAsync();
        Assert.Equal("kept\n", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal(2, _log.Messages.Count);
        Assert.EndsWith("again.", _log.Messages[1], StringComparison.Ordinal);
        Assert.Equal(3, writer.Dropped);
    }

    private static async Task UntilAsync(string path, string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!File.Exists(path) || await File.ReadAllTextAsync(path, patience.Token) != text) await Task.Yield();
    }

    private sealed class StuckStream : Stream
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _free = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public int Written { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void LetGo() => _free.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _reached.TrySetResult();
            await _free.Task;
            Written++;
        }

        public override void WriteByte(byte value)
        {
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class RecordingLogger : ILogger
    {
        private readonly List<string> _messages = [];

        public IReadOnlyList<string> Messages
        {
            get
            {
                lock (_messages) return [.. _messages];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_messages) _messages.Add(formatter(state, exception));
        }
    }
}
