using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>Messages of the store in PostgreSQL. None has a key or a connection string in it.</summary>
internal static partial class PostgresLog
{
    [LoggerMessage(3100, LogLevel.Warning, "The cache in PostgreSQL does not hear what other processes purge, and tries again until it does: {Reason}", EventName = "PostgresNotListening")]
    public static partial void NotListening(ILogger logger, string reason);

    [LoggerMessage(3101, LogLevel.Information, "The cache in PostgreSQL hears again what other processes purge, and has made up for what it missed.", EventName = "PostgresListening")]
    public static partial void Listening(ILogger logger);

    [LoggerMessage(3102, LogLevel.Warning, "What is over could not be removed from the cache in PostgreSQL; it is tried again: {Reason}", EventName = "PostgresSweepFailed")]
    public static partial void SweepFailed(ILogger logger, string reason);
}
