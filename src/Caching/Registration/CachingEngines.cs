using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Net2Secure.Routing.Caching;

/// <summary>The engine of each client that has a cache. Made when first asked for, with the settings of that moment, and kept: handlers are renewed every few minutes, what they share is not.</summary>
internal sealed class CachingEngines(IResponseCache cache, IOptionsMonitor<CachingOptions> options, TimeProvider time, IMeterFactory meters, ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<string, Lazy<CachingEngine>> _engines = new(StringComparer.Ordinal);

    public CachingEngine For(string name) => _engines.GetOrAdd(
        name, static (n, self) => new Lazy<CachingEngine>(() => new CachingEngine(self.Options(n), self.Cache, self.Time, self.Meters, self.Logger)), new Parts(cache, options.Get, time, meters, loggers)).Value;

    private sealed record Parts(IResponseCache Cache, Func<string, CachingOptions> Options, TimeProvider Time, IMeterFactory Meters, ILoggerFactory Loggers)
    {
        public ILogger Logger => Loggers.CreateLogger("Net2Secure.Routing.Caching");
    }
}
