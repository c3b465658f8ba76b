using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>Refuses bounds that make no sense and a folder that cannot be used: all of it at once, each with its value and what is allowed.</summary>
internal sealed class DiskResponseCacheOptionsValidator : IValidateOptions<DiskResponseCacheOptions>
{
    private const long MinBytes = 1024 * 1024;
    private const long MaxBytes = 1L << 46;
    private const long MinBodyBytes = 1024;

    public ValidateOptionsResult Validate(string? name, DiskResponseCacheOptions options)
    {
        var errors = new List<string>();
        if (!Path.IsPathFullyQualified(options.Path ?? "")) errors.Add($"{nameof(options.Path)} is '{options.Path}'; it has to be the full path of a folder");
        else if (DiskLayout.WhyUnusable(options.Path!) is { } reason) errors.Add($"{nameof(options.Path)} is '{options.Path}', which cannot be used: {reason}");
        if (options.MaxBytes is < MinBytes or > MaxBytes) errors.Add($"{nameof(options.MaxBytes)} is {options.MaxBytes}; it may be {MinBytes} to {MaxBytes}");
        if (options.MaxBodyBytes < MinBodyBytes || options.MaxBodyBytes > options.MaxBytes / 4)
            errors.Add($"{nameof(options.MaxBodyBytes)} is {options.MaxBodyBytes}; it may be {MinBodyBytes} to a quarter of {nameof(options.MaxBytes)}, {options.MaxBytes / 4}");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
