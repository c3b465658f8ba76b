using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>Reads and checks the section <c>Cache</c>.</summary>
internal static class CacheStoreRules
{
    private const long Least = 1024;
    private static readonly NumberRange MemoryBytes = new(64 * Least, 1L << 40);
    private static readonly NumberRange DiskBytes = new(Least * Least, 1L << 46);
    private static readonly NumberRange MemoryBodyBytes = new(Least, 1L << 38);
    private static readonly NumberRange DiskBodyBytes = new(Least, 1L << 44);
    private static readonly NumberRange QueuedBytes = new(64 * Least, 1L << 40);
    private static readonly NumberRange Writers = new(1, 64);
    private static readonly DurationRange Wait = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
    private static readonly DurationRange Write = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
    private static readonly DurationRange Stop = new(TimeSpan.Zero, TimeSpan.FromMinutes(10));

    public static CacheStoreSettings Read(SectionReader reader, StoreKinds kinds)
    {
        var settings = ReadOwn(reader);
        var chosen = kinds.Read(reader);
        if (chosen.Count + (settings.Disk is null ? 0 : 1) > 1)
        {
            var names = chosen.ConvertAll(static c => c.Kind);
            if (settings.Disk is not null) names.Insert(0, nameof(settings.Disk));
            reader.Report(names[^1], $"is one of {names.Count} stores behind the one in memory ({string.Join(", ", names)}), and there can be one: keep one of them.");
        }

        return settings with { Chosen = chosen.Count > 0 ? chosen[0] : null };
    }

    private static CacheStoreSettings ReadOwn(SectionReader reader) => new()
    {
        Memory = reader.Section(nameof(CacheStoreSettings.Memory), static memory => new MemoryStoreSettings
        {
            MaxBytes = memory.Long(nameof(MemoryStoreSettings.MaxBytes), MemoryBytes),
            MaxBodyBytes = memory.Long(nameof(MemoryStoreSettings.MaxBodyBytes), MemoryBodyBytes),
        }),
        Disk = reader.Section(nameof(CacheStoreSettings.Disk), static disk => new DiskStoreSettings
        {
            Path = disk.Text(nameof(DiskStoreSettings.Path)) ?? "",
            MaxBytes = disk.Long(nameof(DiskStoreSettings.MaxBytes), DiskBytes),
            MaxBodyBytes = disk.Long(nameof(DiskStoreSettings.MaxBodyBytes), DiskBodyBytes),
            FlushToDisk = disk.Boolean(nameof(DiskStoreSettings.FlushToDisk)),
        }),
        Tiers = reader.Section(nameof(CacheStoreSettings.Tiers), static tiers => new TierSettings
        {
            Timeout = tiers.Duration(nameof(TierSettings.Timeout), Wait),
            MaxQueuedBytes = tiers.Long(nameof(TierSettings.MaxQueuedBytes), QueuedBytes),
            Writers = tiers.Integer(nameof(TierSettings.Writers), Writers),
            WriteTimeout = tiers.Duration(nameof(TierSettings.WriteTimeout), Write),
            StopTimeout = tiers.Duration(nameof(TierSettings.StopTimeout), Stop),
        }),
    };

    public static void Validate(CacheStoreSettings settings, string path, ICollection<ConfigError> errors)
    {
        if (settings.Memory is { MaxBodyBytes: { } largest } memory)
            CheckBody(largest, memory.MaxBytes ?? new Caching.MemoryResponseCacheOptions().MaxBytes, path.Below(nameof(settings.Memory)), errors);
        if (settings.Disk is not { } disk) return;
        var below = path.Below(nameof(settings.Disk));
        if (disk.Path.Length == 0) errors.Report(below.Below(nameof(disk.Path)), "is required: the folder in which responses are kept.");
        if (disk.MaxBodyBytes is { } body) CheckBody(body, disk.MaxBytes ?? new Caching.DiskResponseCacheOptions().MaxBytes, below, errors);
    }

    private static void CheckBody(long maxBodyBytes, long maxBytes, string path, ICollection<ConfigError> errors)
    {
        if (maxBodyBytes > maxBytes / 4)
            errors.Report(path.Below("MaxBodyBytes"), $"'{maxBodyBytes}' is more than a quarter of MaxBytes, {maxBytes / 4}: one response must not empty the store for itself.");
    }
}
