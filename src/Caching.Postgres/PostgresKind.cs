using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>The store in PostgreSQL as a kind that configurations choose: section <c>Postgres</c>.</summary>
internal sealed class PostgresKind(IServiceProvider services, TimeProvider time, ILoggerFactory loggers) : IResponseCacheKind
{
    public string Name => "Postgres";

    public ChosenResponseCache Read(ResponseCacheSettings settings)
    {
        settings.Refuse(nameof(PostgresResponseCacheOptions.ConnectionString), $"is not allowed here, as it is a secret. Write it under ConnectionStrings, and its name as {nameof(PostgresResponseCacheOptions.ConnectionStringName)}.");
        var options = ReadOptions(settings);
        foreach (var (setting, problem) in PostgresResponseCacheOptionsValidator.FindMistakes(options)) settings.Report(setting, problem);
        if (PostgresServers.FindMistake(services, options) is { } mistake) settings.Report(nameof(options.ConnectionStringName), mistake);
        return new ChosenResponseCache(() => PostgresServers.Open(services, options, time, loggers), options.MaxBodyBytes, IsShared: true);
    }

    /// <summary>Reads the settings, each with the name it has in code.</summary>
    public static PostgresResponseCacheOptions ReadOptions(ResponseCacheSettings settings)
    {
        var options = new PostgresResponseCacheOptions();
        options.ConnectionStringName = settings.Text(nameof(options.ConnectionStringName));
        options.Schema = settings.Text(nameof(options.Schema)) ?? options.Schema;
        options.Table = settings.Text(nameof(options.Table)) ?? options.Table;
        options.MaxBytes = settings.Number(nameof(options.MaxBytes), PostgresLimits.MinBytes, PostgresLimits.MaxBytes) ?? options.MaxBytes;
        options.MaxBodyBytes = settings.Number(nameof(options.MaxBodyBytes), TierLimits.MinBodyBytes, TierLimits.MaxBodyBytes) ?? options.MaxBodyBytes;
        options.MaxTransferBytes = settings.Number(nameof(options.MaxTransferBytes), TierLimits.MinBodyBytes, TierLimits.MaxTransferBytes) ?? options.MaxTransferBytes;
        options.MaxConnections = (int)(settings.Number(nameof(options.MaxConnections), 1, PostgresLimits.MaxConnections) ?? options.MaxConnections);
        options.CommandTimeout = settings.Duration(nameof(options.CommandTimeout), PostgresLimits.ShortestCommand, PostgresLimits.LongestCommand) ?? options.CommandTimeout;
        options.MaxStale = settings.Duration(nameof(options.MaxStale), TimeSpan.Zero, TierLimits.LongestStale) ?? options.MaxStale;
        options.MaxLifetime = settings.Duration(nameof(options.MaxLifetime), TierLimits.ShortestLifetime, PostgresLimits.LongestLifetime) ?? options.MaxLifetime;
        options.SweepInterval = settings.Duration(nameof(options.SweepInterval), PostgresLimits.ShortestSweep, PostgresLimits.LongestSweep) ?? options.SweepInterval;
        return options;
    }
}
