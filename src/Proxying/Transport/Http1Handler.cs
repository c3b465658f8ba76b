using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <summary>Sends requests over HTTP/1.1 (RFC 9112), over TCP and TLS: the primary handler of the proxy, and of any <see cref="HttpClient"/> that wants it.</summary>
/// <remarks>
/// <para>What it does that others do not: values, order and repetition of fields pass byte for byte (each character one byte, as in Latin-1); request trailers are sent; interim responses are
/// told (<see cref="RoutedRequestMessage"/>); a response is handed over while the request body is still being sent; a failure is an <see cref="AttemptException"/> that says
/// how far the request had come. It follows no redirects, keeps no cookies, and decodes nothing.</para>
/// <para>A request is sent a second time, on a new connection, only if the first one had been idle, ended without a byte of an answer, and the request has no body and an idempotent
/// method, or was not sent at all (RFC 9112 §9.3.1).</para>
/// <para>Thread-safe. Nothing in it blocks, so it works with inline socket completions. Disposing it closes idle connections; what is in use finishes.</para>
/// </remarks>
public sealed class Http1Handler : HttpMessageHandler
{
    private const int RecentPools = 16;

    private readonly ConcurrentDictionary<EndpointKey, ConnectionPool> _pools = new();
    private readonly RecentPool?[] _recent = new RecentPool?[RecentPools];
    private readonly Http1TransportOptions _options;
    private readonly Connector _connector;
    private readonly TrimmedPool<byte[]> _arrays;
    private readonly TimeProvider _time;
    private readonly ITimer _sweeping;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private Uri[] _warm = [];
    private volatile bool _isDisposed;

    /// <summary>Makes a handler.</summary>
    /// <param name="options">The settings. Default: those of a new <see cref="Http1TransportOptions"/>.</param>
    /// <param name="timeProvider">Where time comes from. Default: the system's.</param>
    /// <exception cref="ArgumentException">A setting is out of its range; the message names all that are.</exception>
    public Http1Handler(Http1TransportOptions? options = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new Http1TransportOptions();
        if (_options.FindErrors() is { } errors) throw new ArgumentException(errors, nameof(options));
        _time = timeProvider ?? TimeProvider.System;
        _connector = new Connector(_options, _time);
        _stopped = _stopping.Token;
        _arrays = ReceiveBuffer.CreatePool(_time);
        var period = TimeSpan.FromMilliseconds(Math.Clamp(_options.PooledConnectionIdleTimeout.TotalMilliseconds / 4, 10, 15_000));
        // A timer that held on to the handler would keep it, and its connections, alive for ever.
        _sweeping = _time.CreateTimer(static weak => Sweep((WeakReference<Http1Handler>)weak!), new WeakReference<Http1Handler>(this), period, period);
    }

    /// <inheritdoc/>
    /// <exception cref="AttemptException">The request could not be sent, or no response came; it says which and how far it had come.</exception>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<HttpResponseMessage>(cancellationToken);
        try
        {
            var pool = PoolOf(request);
            var head = RequestHeadWriter.Write(request, pool.Authority, pool.ForwardingProxy);
            return pool.TryTake() is { } connection
                ? connection.SendAsync(request, in head, mayRetry: true, cancellationToken)
                : SendOnNewAsync(pool, request, head, cancellationToken);
        }
        catch (AttemptException e)
        {
            return Task.FromException<HttpResponseMessage>(e);
        }
    }

    /// <summary>Opens <see cref="Http1TransportOptions.WarmConnectionsPerEndpoint"/> connections to each of these endpoints ahead of requests, and from now on keeps that many open,
    /// replacing what ends from time to time. A later call takes the place of an earlier one. Returns at once; an endpoint that cannot be reached is tried again.</summary>
    /// <param name="endpoints">Absolute http or https URIs; their paths do not matter.</param>
    /// <exception cref="AttemptException">One of them is not such a URI.</exception>
    public void KeepWarm(IEnumerable<Uri> endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (_options.WarmConnectionsPerEndpoint == 0) return;
        Volatile.Write(ref _warm, [.. endpoints]);
        FillWarm();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _stopping.Cancel();
            _stopping.Dispose();
            _arrays.Dispose();
            _sweeping.Dispose();
            foreach (var pool in _pools) pool.Value.Retire();
        }

        base.Dispose(disposing);
    }

    /// <summary>The pool of an endpoint, if it has one. For tests.</summary>
    internal ConnectionPool? FindPool(Uri uri) => _pools.GetValueOrDefault(EndpointKey.Of(uri));

    private async Task<HttpResponseMessage> SendOnNewAsync(ConnectionPool pool, HttpRequestMessage request, RequestHead head, CancellationToken cancellationToken)
    {
        Http1Connection? connection;
        try
        {
            while ((connection = await pool.AcquireAsync(cancellationToken).ConfigureAwait(false)) is null) pool = PoolOf(request);
        }
        catch
        {
            head.Bytes.Return();
            throw;
        }

        return await connection.SendAsync(request, in head, mayRetry: true, cancellationToken).ConfigureAwait(false);
    }

    private ConnectionPool PoolOf(HttpRequestMessage request)
    {
        if (_options.Proxy is not null && request.RequestUri?.Scheme == Uri.UriSchemeHttp && request.Headers.NonValidated.Contains("Upgrade"))
            return PoolOf(EndpointKey.Of(request.RequestUri) with { IsTunnel = true });
        if (_options.SendProxyProtocol != ProxyProtocolVersion.None) return PoolOf(request, request.RequestUri);
        return request is RoutedRequestMessage { Destination.Options.ServerName: { } name, RequestUri: { } uri } && uri.Scheme == Uri.UriSchemeHttps
            ? PoolOf(EndpointKey.Of(uri) with { ServerName = name })
            : PoolOf(request.RequestUri);
    }

    /// <summary>The pool of one client's connections to an endpoint: each says at its beginning whose it is.</summary>
    private ConnectionPool PoolOf(HttpRequestMessage request, Uri? uri)
    {
        if (uri is null || !uri.IsAbsoluteUri) return PoolOf(uri);
        var serverName = request is RoutedRequestMessage { Destination.Options.ServerName: { } name } && uri.Scheme == Uri.UriSchemeHttps ? name : null;
        return PoolOf(EndpointKey.Of(uri) with { ServerName = serverName, Client = (request as ForwardedRequestMessage)?.FindClient() ?? new(null, null) });
    }

    private ConnectionPool PoolOf(Uri? uri)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (uri is null || !uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw TransportErrors.Misuse($"A request needs an absolute http or https URI, not '{uri}'.");

        // The same URI object comes again and again where destinations are few: told by reference, without hashing its text.
        ref var recent = ref _recent[RuntimeHelpers.GetHashCode(uri) & (RecentPools - 1)];
        if (Volatile.Read(ref recent) is { } last && ReferenceEquals(last.Uri, uri) && !last.Pool.IsRetired) return last.Pool;

        var pool = PoolOf(EndpointKey.Of(uri));
        Volatile.Write(ref recent, new RecentPool(uri, pool));
        return pool;
    }

    private ConnectionPool PoolOf(EndpointKey key)
    {
        while (true)
        {
            var pool = _pools.GetOrAdd(key, static (k, self) => new ConnectionPool(k, self._options, self._connector, self._arrays, self._time), this);
            if (pool.IsRetired)
            {
                _pools.TryRemove(KeyValuePair.Create(key, pool));
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                continue;
            }

            return pool;
        }
    }

    private static void Sweep(WeakReference<Http1Handler> weak)
    {
        if (!weak.TryGetTarget(out var self) || self._isDisposed) return;
        foreach (var (key, pool) in self._pools)
        {
            pool.Sweep();
            if (pool.TryRetireUnused()) self._pools.TryRemove(KeyValuePair.Create(key, pool));
        }

        self.FillWarm();
    }

    private void FillWarm()
    {
        if (_isDisposed) return;
        foreach (var endpoint in Volatile.Read(ref _warm)) _ = PoolOf(endpoint).WarmAsync(_options.WarmConnectionsPerEndpoint, _stopped);
    }

    private sealed record RecentPool(Uri Uri, ConnectionPool Pool);
}
