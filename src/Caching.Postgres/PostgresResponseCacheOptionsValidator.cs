using System.Text;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>Refuses settings that make no sense: all of them at once, each with its value and what is allowed. A connection string is never part of the message.</summary>
internal sealed class PostgresResponseCacheOptionsValidator : IValidateOptions<PostgresResponseCacheOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgresResponseCacheOptions options)
    {
        List<string> errors = [.. FindMistakes(options).Select(static m => $"{m.Setting} {m.Problem}")];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>Everything that is wrong, by the setting.</summary>
    public static List<(string Setting, string Problem)> FindMistakes(PostgresResponseCacheOptions options)
    {
        var mistakes = new List<(string, string)>();
        if (options.ConnectionString is { } text && !PostgresServers.IsConnectionString(text)) mistakes.Add((nameof(options.ConnectionString), PostgresServers.NoConnectionString));
        if (options.ConnectionString is not null && options.ConnectionStringName is not null)
            mistakes.Add((nameof(options.ConnectionStringName), $"is set beside {nameof(options.ConnectionString)}; leave one of them out"));
        CheckName(mistakes, nameof(options.Schema), options.Schema, PostgresLimits.MaxName);
        CheckName(mistakes, nameof(options.Table), options.Table, PostgresLimits.MaxTable);
        Check(mistakes, nameof(options.MaxBytes), options.MaxBytes, PostgresLimits.MinBytes, PostgresLimits.MaxBytes);
        Check(mistakes, nameof(options.MaxBodyBytes), options.MaxBodyBytes, TierLimits.MinBodyBytes, TierLimits.MaxBodyBytes);
        Check(mistakes, nameof(options.MaxTransferBytes), options.MaxTransferBytes, options.MaxBodyBytes, TierLimits.MaxTransferBytes);
        Check(mistakes, nameof(options.MaxConnections), options.MaxConnections, 1, PostgresLimits.MaxConnections);
        Check(mistakes, nameof(options.CommandTimeout), options.CommandTimeout, PostgresLimits.ShortestCommand, PostgresLimits.LongestCommand);
        if (options.CommandTimeout.Ticks % TimeSpan.TicksPerSecond != 0) mistakes.Add((nameof(options.CommandTimeout), $"is {options.CommandTimeout}; it has to be in whole seconds"));
        Check(mistakes, nameof(options.MaxStale), options.MaxStale, TimeSpan.Zero, TierLimits.LongestStale);
        Check(mistakes, nameof(options.MaxLifetime), options.MaxLifetime, TierLimits.ShortestLifetime, PostgresLimits.LongestLifetime);
        Check(mistakes, nameof(options.SweepInterval), options.SweepInterval, PostgresLimits.ShortestSweep, PostgresLimits.LongestSweep);
        return mistakes;
    }

    private static void CheckName(List<(string, string)> mistakes, string setting, string? value, int maxBytes)
    {
        if (string.IsNullOrEmpty(value) || value.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(value) > maxBytes) mistakes.Add((setting, $"is '{value}'; it has to have 1 to {maxBytes} bytes, none of them zero"));
    }

    private static void Check<T>(List<(string, string)> mistakes, string setting, T value, T min, T max) where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) mistakes.Add((setting, $"is {value}; it may be {min} to {max}"));
    }
}
