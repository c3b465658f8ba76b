using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>Refuses settings that make no sense: all of them at once, each with its value and what is allowed.</summary>
internal sealed class CachingOptionsValidator : IValidateOptions<CachingOptions>
{
    private const long MaxBytes = 1L << 40;

    public ValidateOptionsResult Validate(string? name, CachingOptions options)
    {
        var errors = new List<string>();
        if (!Enum.IsDefined(options.StoreSetCookie)) errors.Add($"{nameof(options.StoreSetCookie)} is {(int)options.StoreSetCookie}; allowed are WhenPublic, Always and Never");
        Check(errors, nameof(options.MaxStaleWhenUnreachable), options.MaxStaleWhenUnreachable, TimeSpan.Zero, TimeSpan.FromDays(365));
        Check(errors, nameof(options.StoreTimeout), options.StoreTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        Check(errors, nameof(options.CoalescingTimeout), options.CoalescingTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Check(errors, nameof(options.BackgroundTimeout), options.BackgroundTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Check(errors, nameof(options.MaxBodyBytes), options.MaxBodyBytes, 1024, MaxBytes);
        Check(errors, nameof(options.MaxTransferBytes), options.MaxTransferBytes, 64 * 1024, MaxBytes);
        Check(errors, nameof(options.MaxBackgroundRevalidations), options.MaxBackgroundRevalidations, 0, 10_000);
        CheckToken(errors, nameof(options.CacheStatusName), options.CacheStatusName);
        Check(errors, nameof(options.NegativeLifetime), options.NegativeLifetime, TimeSpan.Zero, TimeSpan.FromHours(1));
        if (options.TagFields is not { Count: <= 8 }) errors.Add($"{nameof(options.TagFields)} is {(options.TagFields is null ? "null" : "a list of " + options.TagFields.Count)}; it may be a list of 0 to 8 names");
        else foreach (var field in options.TagFields) CheckToken(errors, nameof(options.TagFields), field ?? "");
        if (options.Partition is null) errors.Add($"{nameof(options.Partition)} is null; it may be empty");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void Check<T>(List<string> errors, string setting, T value, T min, T max) where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) errors.Add($"{setting} is {value}; it may be {min} to {max}");
    }

    private static void CheckToken(List<string> errors, string setting, string? value)
    {
        if (value is null) return;
        var isToken = value.Length > 0 && char.IsAsciiLetter(value[0]);
        foreach (var c in value) isToken &= char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal);
        if (!isToken) errors.Add($"{setting} is '{value}'; it has to be a token of letters, digits and hyphens that begins with a letter, or null");
    }
}
