using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads and checks the settings of a route's response cache: here, because the caching room knows nothing of configuration.</summary>
internal static class ResponseCacheRules
{
    private static readonly string[] SetCookieRules = ["WhenPublic", "Always", "Never"];

    public static ResponseCacheOptions Read(SectionReader reader) => new()
    {
        Enabled = reader.Boolean(nameof(ResponseCacheOptions.Enabled)) ?? false,
        StoreSetCookie = reader.Word(nameof(ResponseCacheOptions.StoreSetCookie), SetCookieRules),
    };

    public static void Validate(ResponseCacheOptions cache, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices)
    {
        if (cache.StoreSetCookie is { } rule && !SetCookieRules.Contains(rule, StringComparer.OrdinalIgnoreCase))
        {
            errors.Report(path.Below(nameof(cache.StoreSetCookie)), $"'{rule}' is not allowed: one of {string.Join(", ", SetCookieRules)} is expected.");
        }

        if (cache.Enabled)
        {
            notices.NoEffect(path);
        }
    }
}
