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

    public static CacheStoreSettings Read(SectionReader reader) => new()
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
