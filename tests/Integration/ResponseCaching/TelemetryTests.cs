using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Protocol;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>What operators see of the cache of a proxy.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Metrics_CountWhatBecameOfRequests()
    {
        await using var proxy = await CachedProxy.StartAsync();
        var factory = proxy.Proxy.Services.GetRequiredService<IMeterFactory>();
        var counted = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == "Net2Secure.Routing.Caching" && instrument.Meter.Scope == factory) l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var name = instrument.Name;
            foreach (var (key, tag) in tags)
            {
                if (key == "net2.cache.result") name += $" {tag}";
            }

            lock (counted) counted[name] = counted.GetValueOrDefault(name) + value;
        });
        listener.Start();

        var story = proxy.Case().Ok("one", "Cache-Control: max-age=10, stale-while-revalidate=10|ETag: \"a\"").Ok("passed", "Cache-Control: no-store");
        await story.GetAsync();
        await story.GetAsync();
        await story.GetAsync("If-None-Match: \"a\"");
        await story.GetAsync(below: "/passed");
        story.NotModified("Cache-Control: max-age=10, stale-while-revalidate=10");
        proxy.Pass(15);
        await story.GetAsync();
        await Eventually.TrueAsync(() => story.Asked == 3);
        // In the background it was freshened, or is about to be.
        await story.GetUntilAsync(static answer => answer.Value("Age") == "0");
        story.NotModified().Ok("done");
        await story.GetAsync("Cache-Control: no-cache");
        await story.GetAsync("Cache-Control: only-if-cached", "/nothing");
        await story.SendAsync("POST", body: "x");
        listener.RecordObservableInstruments();
        lock (counted)
        {
            Assert.Equal((1, 1, 2, 1), (Of("miss"), Of("revalidated"), Of("pass"), Of("unavailable")));
            Assert.True(Of("hit") >= 3 && Of("stale") >= 1);
            Assert.Equal(1, counted["net2.cache.invalidations"]);
            Assert.False(counted.ContainsKey("net2.cache.store_failures"));
            Assert.Equal(0, counted["net2.cache.entries"]);
        }

        long Of(string result) => counted.GetValueOrDefault($"net2.cache.requests {result}");
    }

    [Fact]
    public async Task CacheStatus_SaysWhatBecameOfARequest()
    {
        await using var proxy = await CachedProxy.StartAsync(route: r => r.ResponseCache!.CacheStatus = true);
        var story = proxy.Case().Ok("one", "Cache-Control: max-age=10|Vary: Foo|ETag: \"a\"|Cache-Status: inner; hit").NotModified().Ok("two", "Cache-Control: no-store").Ok("three");
        Assert.Equal(["inner; hit", "Net2Proxy; fwd=uri-miss; stored"], (await story.GetAsync("Foo: 1")).Values("Cache-Status"));
        Assert.Equal(["inner; hit", "Net2Proxy; hit; ttl=10"], (await story.GetAsync("Foo: 1")).Values("Cache-Status"));
        proxy.Pass(11);
        Assert.Equal(["inner; hit", "Net2Proxy; fwd=stale; fwd-status=304"], (await story.GetAsync("Foo: 1")).Values("Cache-Status"));
        Assert.Equal(["Net2Proxy; fwd=vary-miss"], (await story.GetAsync("Foo: 2")).Values("Cache-Status"));
        Assert.Equal(["Net2Proxy; fwd=method"], (await story.SendAsync("POST", body: "x")).Values("Cache-Status"));
    }
}
