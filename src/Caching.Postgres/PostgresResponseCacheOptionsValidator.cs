using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>Refuses settings that make no sense: all of them at once, each with its value and what is allowed. A connection string is never part of the message.</summary>
internal sealed class PostgresResponseCacheOptionsValidator : IValidateOptions<PostgresResponseCacheOptions>
{
    private const int MaxName = 63;
    private const int MaxTable = 48;
    private const long MaxBytes = 1L << 44;

    public ValidateOptionsResult Validate(string? name, PostgresResponseCacheOptions options)
    {
        var errors = new List<string>();
        if (options.ConnectionString is { } text && !IsConnectionString(text))
            errors.Add($"{nameof(options.ConnectionString)} is no connection string of Npgsql (its value is not shown here, as it may hold a password); it looks like 'Host=db;Database=cache;Username=proxy'");
        CheckName(errors, nameof(options.Schema), options.Schema, MaxName);
        CheckName(errors, nameof(options.Table), options.Table, MaxTable);
        Check(errors, nameof(options.MaxBytes), options.MaxBytes, 1024 * 1024, MaxBytes);
        Check(errors, nameof(options.MaxBodyBytes), options.MaxBodyBytes, 1024, 64L * 1024 * 1024);
        Check(errors, nameof(options.MaxTransferBytes), options.MaxTransferBytes, options.MaxBodyBytes, 1L << 40);
        Check(errors, nameof(options.MaxConnections), options.MaxConnections, 1, 1000);
        Check(errors, nameof(options.CommandTimeout), options.CommandTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        if (options.CommandTimeout.Ticks % TimeSpan.TicksPerSecond != 0) errors.Add($"{nameof(options.CommandTimeout)} is {options.CommandTimeout}; it has to be in whole seconds");
        Check(errors, nameof(options.MaxStale), options.MaxStale, TimeSpan.Zero, TimeSpan.FromDays(30));
        Check(errors, nameof(options.MaxLifetime), options.MaxLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        Check(errors, nameof(options.SweepInterval), options.SweepInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            return !string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException)
        {
            return false;
        }
    }

    private static void CheckName(List<string> errors, string setting, string? value, int maxBytes)
    {
        if (string.IsNullOrEmpty(value) || value.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(value) > maxBytes) errors.Add($"{setting} is '{value}'; it has to have 1 to {maxBytes} bytes, none of them zero");
    }

    private static void Check<T>(List<string> errors, string setting, T value, T min, T max) where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) errors.Add($"{setting} is {value}; it may be {min} to {max}");
    }
}
