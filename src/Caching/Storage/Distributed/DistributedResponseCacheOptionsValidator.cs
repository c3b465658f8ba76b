using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>Refuses settings that make no sense: all of them at once, each with its value and what is allowed.</summary>
internal sealed class DistributedResponseCacheOptionsValidator : IValidateOptions<DistributedResponseCacheOptions>
{
    private const int MaxPrefix = 64;
    private const long MaxBodyBytes = 64L * 1024 * 1024;
    private const long MaxBytes = 1L << 40;

    public ValidateOptionsResult Validate(string? name, DistributedResponseCacheOptions options)
    {
        var errors = new List<string>();
        if (options.KeyPrefix is null || options.KeyPrefix.Length is 0 or > MaxPrefix || options.KeyPrefix.AsSpan().ContainsAnyExceptInRange('!', '~'))
            errors.Add($"{nameof(options.KeyPrefix)} is '{options.KeyPrefix}'; it has to have 1 to {MaxPrefix} printable ASCII characters and no blanks");
        Check(errors, nameof(options.MaxBodyBytes), options.MaxBodyBytes, 1024, MaxBodyBytes);
        Check(errors, nameof(options.MaxTransferBytes), options.MaxTransferBytes, options.MaxBodyBytes, MaxBytes);
        Check(errors, nameof(options.MaxStale), options.MaxStale, TimeSpan.Zero, TimeSpan.FromDays(30));
        Check(errors, nameof(options.MaxLifetime), options.MaxLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30));
        Check(errors, nameof(options.PollInterval), options.PollInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        Check(errors, nameof(options.ClockTolerance), options.ClockTolerance, TimeSpan.Zero, TimeSpan.FromHours(1));
        Check(errors, nameof(options.OperationTimeout), options.OperationTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void Check<T>(List<string> errors, string setting, T value, T min, T max) where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) errors.Add($"{setting} is {value}; it may be {min} to {max}");
    }
}
