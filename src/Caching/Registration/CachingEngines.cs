using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>The engine of each client that has a cache. Made when first asked for, with the settings of that moment, and kept: handlers are renewed every few minutes, what they share is not.</summary>
internal sealed class CachingEngines(IResponseCache cache, IOptionsMonitor<CachingOptions> options, TimeProvider time, IMeterFactory meters, ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<string, Lazy<CachingEngine>> _engines = new(StringComparer.Ordinal);
    private readonly ILogger _logger = loggers.CreateLogger("Net2Secure.Routing.Caching");

    /// <exception cref="OptionsValidationException">The settings of this client make no sense.</exception>
    public CachingEngine For(string name) =>
        _engines.GetOrAdd(name, n => new Lazy<CachingEngine>(() => new CachingEngine(options.Get(n), cache, time, meters, _logger))).Value;
}
