using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Integration.Wire;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.ResponseCaching;

/// <summary>A proxy with a route that is cached by the default settings, between raw sockets, and a clock that the test moves. Serves any number of <see cref="CacheCase"/>s, each with URIs of its own.</summary>
internal sealed class CachedProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, CacheCase> _cases = new(StringComparer.Ordinal);
    private readonly WireTest _wire;
    private readonly CopyingStore? _copying;
    private int _count;

    private CachedProxy(WireTest wire, ManualTimeProvider time, CopyingStore? copying)
    {
        _wire = wire;
        _copying = copying;
        Time = time;
    }

    public ManualTimeProvider Time { get; }

    public ProxyUnderTest Proxy => _wire.Proxy;

    /// <summary>Where the origin is.</summary>
    public Uri OriginAddress => _wire.Origin.Uri;

    /// <summary>Starts both.</summary>
    /// <param name="copies">The store copies bodies, as one does that is not in this process.</param>
    /// <param name="route">Changes the route, which is for all paths.</param>
    /// <param name="cluster">Changes the cluster.</param>
    /// <param name="proxy">Changes the host.</param>
    public static async Task<CachedProxy> StartAsync(
        bool copies = false, Action<RouteOptions>? route = null, Action<ProxyClusterOptions>? cluster = null, Action<WebApplicationBuilder>? proxy = null)
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        var copying = copies ? new CopyingStore() : null;
        CachedProxy? started = null;
        var wire = await WireTest.StartAsync(
            // Nobody connects before it has started.
            connection => started!.ServeAsync(connection),
            r =>
            {
                r.ResponseCache = new ResponseCacheOptions { Enabled = true };
                route?.Invoke(r);
            },
            cluster,
            builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(time);
                if (copying is not null) builder.Services.AddSingleton<IResponseCache>(copying);
                proxy?.Invoke(builder);
            });
        return started = new CachedProxy(wire, time, copying);
    }

    /// <summary>URIs that nobody else asks for, and what the origin says to requests for them.</summary>
    public CacheCase Case()
    {
        var created = new CacheCase(this, $"/c{Interlocked.Increment(ref _count)}");
        _cases[created.Path] = created;
        return created;
    }

    public void Pass(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public Task<RawConnection> ConnectAsync() => _wire.ConnectAsync();

    /// <summary>Until what has been answered is stored: a store that copies may still be at it.</summary>
    public Task StoredAsync() => _copying is null ? Task.CompletedTask : Eventually.TrueAsync(() => _copying.InHand == 0);

    public ValueTask DisposeAsync() => _wire.DisposeAsync();

    private async Task ServeAsync(RawConnection connection)
    {
        while (await connection.TryReadHeadAsync() is { } head)
        {
            var request = new RawMessage(head, "");
            if (request.Has("Content-Length")) request = request with { Body = await connection.ReadAsync(int.Parse(request.Value("Content-Length"), System.Globalization.CultureInfo.InvariantCulture)) };
            var target = head.Split(' ')[1];
            var end = target.AsSpan(1).IndexOfAny('/', '?', ';');
            var path = end < 0 ? target : target[..(end + 1)];
            if (!_cases.TryGetValue(path, out var asked) || !await asked.ServeAsync(connection, request)) return;
        }
    }
}
