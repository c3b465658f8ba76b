using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>Refuses settings that make no sense: all of them at once, each with its value and what is allowed.</summary>
internal sealed class DistributedResponseCacheOptionsValidator : IValidateOptions<DistributedResponseCacheOptions>
{
    public ValidateOptionsResult Validate(string? name, DistributedResponseCacheOptions options)
    {
        List<string> errors = [.. FindMistakes(options).Select(static m => $"{m.Setting} {m.Problem}")];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>Everything that is wrong, by the setting.</summary>
    public static List<(string Setting, string Problem)> FindMistakes(DistributedResponseCacheOptions options)
    {
        var mistakes = new List<(string, string)>();
        if (options.KeyPrefix is null || options.KeyPrefix.Length is 0 or > DistributedLimits.MaxPrefix || options.KeyPrefix.AsSpan().ContainsAnyExceptInRange('!', '~'))
            mistakes.Add((nameof(options.KeyPrefix), $"is '{options.KeyPrefix}'; it has to have 1 to {DistributedLimits.MaxPrefix} printable ASCII characters and no blanks"));
        Check(mistakes, nameof(options.MaxBodyBytes), options.MaxBodyBytes, TierLimits.MinBodyBytes, TierLimits.MaxBodyBytes);
        Check(mistakes, nameof(options.MaxTransferBytes), options.MaxTransferBytes, options.MaxBodyBytes, TierLimits.MaxTransferBytes);
        Check(mistakes, nameof(options.MaxStale), options.MaxStale, TimeSpan.Zero, TierLimits.LongestStale);
        Check(mistakes, nameof(options.MaxLifetime), options.MaxLifetime, TierLimits.ShortestLifetime, DistributedLimits.LongestLifetime);
        Check(mistakes, nameof(options.PollInterval), options.PollInterval, DistributedLimits.ShortestPoll, DistributedLimits.LongestPoll);
        Check(mistakes, nameof(options.ClockTolerance), options.ClockTolerance, TimeSpan.Zero, DistributedLimits.LargestTolerance);
        Check(mistakes, nameof(options.OperationTimeout), options.OperationTimeout, DistributedLimits.ShortestOperation, DistributedLimits.LongestOperation);
        return mistakes;
    }

    private static void Check<T>(List<(string, string)> mistakes, string setting, T value, T min, T max) where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) mistakes.Add((setting, $"is {value}; it may be {min} to {max}"));
    }
}
