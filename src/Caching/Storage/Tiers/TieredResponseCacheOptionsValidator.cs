using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>Refuses settings that make no sense: all of them at once, each with its value and what is allowed.</summary>
internal sealed class TieredResponseCacheOptionsValidator : IValidateOptions<TieredResponseCacheOptions>
{
    private const long MinBytes = 64 * 1024;
    private const long MaxBytes = 1L << 40;
    private const int MaxWriters = 64;

    public ValidateOptionsResult Validate(string? name, TieredResponseCacheOptions options)
    {
        var errors = new List<string>();
        Check(errors, nameof(options.Timeout), options.Timeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Check(errors, nameof(options.MaxQueuedBytes), options.MaxQueuedBytes, MinBytes, MaxBytes);
        Check(errors, nameof(options.Writers), options.Writers, 1, MaxWriters);
        Check(errors, nameof(options.WriteTimeout), options.WriteTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Check(errors, nameof(options.StopTimeout), options.StopTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void Check<T>(List<string> errors, string setting, T value, T min, T max) where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) errors.Add($"{setting} is {value}; it may be {min} to {max}");
    }
}
