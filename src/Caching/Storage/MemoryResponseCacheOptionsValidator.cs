using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>Refuses bounds that make no sense: all of them at once, each with its value and what is allowed.</summary>
internal sealed class MemoryResponseCacheOptionsValidator : IValidateOptions<MemoryResponseCacheOptions>
{
    private const long MinBytes = 64 * 1024;
    private const long MaxBytes = 1L << 40;
    private const long MinBodyBytes = 1024;

    public ValidateOptionsResult Validate(string? name, MemoryResponseCacheOptions options)
    {
        var errors = new List<string>();
        if (options.MaxBytes is < MinBytes or > MaxBytes) errors.Add($"{nameof(options.MaxBytes)} is {options.MaxBytes}; it may be {MinBytes} to {MaxBytes}");
        if (options.MaxBodyBytes < MinBodyBytes || options.MaxBodyBytes > options.MaxBytes / 4)
            errors.Add($"{nameof(options.MaxBodyBytes)} is {options.MaxBodyBytes}; it may be {MinBodyBytes} to a quarter of {nameof(options.MaxBytes)}, {options.MaxBytes / 4}");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
