using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>Keeps what a host logs as an error: whatever nobody foresaw.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> Messages { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // The server says so as well when a stream is ended at the moment at which its connection is over, and the queue closed: a race of its own, after which all the same nothing is left undone.
        // The streams of a test are too few to fill the queue.
        if (eventId.Name == "Http2QueueOperationsExceeded") return;
        if (IsEnabled(logLevel)) Messages.Enqueue($"{formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
    }
}
