using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads and checks the settings of a route's response cache: here, because the caching room knows nothing of configuration.</summary>
internal static class ResponseCacheRules
{
    private static readonly DurationRange Stale = new(TimeSpan.Zero, TimeSpan.FromDays(365));
    private static readonly DurationRange Negative = new(TimeSpan.Zero, TimeSpan.FromHours(1));
    private static readonly DurationRange Coalescing = new(TimeSpan.Zero, TimeSpan.FromMinutes(10));
    private static readonly DurationRange Background = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
    private static readonly NumberRange BodyBytes = new(1024, 1L << 40);
    private static readonly NumberRange Revalidations = new(0, 10_000);

    public static ResponseCacheOptions Read(SectionReader reader) => new()
    {
        Enabled = reader.Boolean(nameof(ResponseCacheOptions.Enabled)) ?? false,
        StoreSetCookie = reader.Word<StoreSetCookie>(nameof(ResponseCacheOptions.StoreSetCookie)) ?? StoreSetCookie.WhenPublic,
        IgnoreRequestDirectives = reader.Boolean(nameof(ResponseCacheOptions.IgnoreRequestDirectives)) ?? false,
        CacheStatus = reader.Boolean(nameof(ResponseCacheOptions.CacheStatus)) ?? false,
        MaxStaleWhenUnreachable = reader.Duration(nameof(ResponseCacheOptions.MaxStaleWhenUnreachable), Stale),
        NegativeLifetime = reader.Duration(nameof(ResponseCacheOptions.NegativeLifetime), Negative),
        MaxBodyBytes = reader.Long(nameof(ResponseCacheOptions.MaxBodyBytes), BodyBytes),
        CoalescingTimeout = reader.Duration(nameof(ResponseCacheOptions.CoalescingTimeout), Coalescing),
        MaxBackgroundRevalidations = reader.Integer(nameof(ResponseCacheOptions.MaxBackgroundRevalidations), Revalidations),
        BackgroundTimeout = reader.Duration(nameof(ResponseCacheOptions.BackgroundTimeout), Background),
    };

    public static void Validate(ResponseCacheOptions cache, string path, ICollection<ConfigError> errors)
    {
        if (!Enum.IsDefined(cache.StoreSetCookie))
        {
            errors.Report(path.Below(nameof(cache.StoreSetCookie)), $"'{cache.StoreSetCookie}' is not allowed: one of {string.Join(", ", Enum.GetNames<StoreSetCookie>())} is expected.");
        }

        ClusterOptionsValidator.Check(cache.MaxStaleWhenUnreachable, Stale, path.Below(nameof(cache.MaxStaleWhenUnreachable)), errors);
        ClusterOptionsValidator.Check(cache.NegativeLifetime, Negative, path.Below(nameof(cache.NegativeLifetime)), errors);
        ClusterOptionsValidator.Check(cache.MaxBodyBytes, BodyBytes, path.Below(nameof(cache.MaxBodyBytes)), errors);
        ClusterOptionsValidator.Check(cache.CoalescingTimeout, Coalescing, path.Below(nameof(cache.CoalescingTimeout)), errors);
        ClusterOptionsValidator.Check(cache.MaxBackgroundRevalidations, Revalidations, path.Below(nameof(cache.MaxBackgroundRevalidations)), errors);
        ClusterOptionsValidator.Check(cache.BackgroundTimeout, Background, path.Below(nameof(cache.BackgroundTimeout)), errors);
    }
}
