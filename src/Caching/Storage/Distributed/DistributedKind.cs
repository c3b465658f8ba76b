using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching;

/// <summary>The shared store as a kind that configurations choose: section <c>Distributed</c>.</summary>
internal sealed class DistributedKind(IServiceProvider services, TimeProvider time, ILoggerFactory loggers) : IResponseCacheKind
{
    public string Name => "Distributed";

    public ChosenResponseCache Read(ResponseCacheSettings settings)
    {
        var options = ReadOptions(settings);
        foreach (var (setting, problem) in DistributedResponseCacheOptionsValidator.FindMistakes(options)) settings.Report(setting, problem);
        if (!DistributedTier.HasCache(services, options.ServiceKey)) settings.Report(nameof(options.ServiceKey), DistributedTier.Missing(options.ServiceKey));
        return new ChosenResponseCache(() => DistributedTier.Create(services, options, time, loggers), options.MaxBodyBytes, IsShared: true);
    }

    /// <summary>Reads the settings, each with the name it has in code.</summary>
    public static DistributedResponseCacheOptions ReadOptions(ResponseCacheSettings settings)
    {
        var options = new DistributedResponseCacheOptions();
        options.ServiceKey = settings.Text(nameof(options.ServiceKey));
        options.KeyPrefix = settings.Text(nameof(options.KeyPrefix)) ?? options.KeyPrefix;
        options.MaxBodyBytes = settings.Number(nameof(options.MaxBodyBytes), TierLimits.MinBodyBytes, TierLimits.MaxBodyBytes) ?? options.MaxBodyBytes;
        options.MaxTransferBytes = settings.Number(nameof(options.MaxTransferBytes), TierLimits.MinBodyBytes, TierLimits.MaxTransferBytes) ?? options.MaxTransferBytes;
        options.MaxStale = settings.Duration(nameof(options.MaxStale), TimeSpan.Zero, TierLimits.LongestStale) ?? options.MaxStale;
        options.MaxLifetime = settings.Duration(nameof(options.MaxLifetime), TierLimits.ShortestLifetime, DistributedLimits.LongestLifetime) ?? options.MaxLifetime;
        options.PollInterval = settings.Duration(nameof(options.PollInterval), DistributedLimits.ShortestPoll, DistributedLimits.LongestPoll) ?? options.PollInterval;
        options.ClockTolerance = settings.Duration(nameof(options.ClockTolerance), TimeSpan.Zero, DistributedLimits.LargestTolerance) ?? options.ClockTolerance;
        options.OperationTimeout = settings.Duration(nameof(options.OperationTimeout), DistributedLimits.ShortestOperation, DistributedLimits.LongestOperation) ?? options.OperationTimeout;
        return options;
    }
}
