using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>The engine of each client that has a cache. Made when first asked for, with the settings of that moment, and kept: handlers are renewed every few minutes, what they share is not.</summary>
internal sealed class CachingEngines
{
    private readonly ConcurrentDictionary<string, Lazy<CachingEngine>> _engines = new(StringComparer.Ordinal);
    private readonly Func<string, CachingEngine> _create;

    public CachingEngines(CachingShared shared, IOptionsMonitor<CachingOptions> options) => _create = name => new CachingEngine(options.Get(name), shared);

    /// <exception cref="OptionsValidationException">The settings of this client make no sense.</exception>
    public CachingEngine For(string name) => _engines.GetOrAdd(name, n => new Lazy<CachingEngine>(() => _create(n))).Value;
}
