using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Transport;

namespace Net2Secure.Routing.Proxying;

/// <summary>Opens connections: name, TCP, TLS.</summary>
/// <remarks>
/// Several addresses are tried as RFC 8305 has it, in a simpler form: families alternate in the order the resolver gave, the next address is tried when one fails or after
/// 250 ms, and the first connection wins. One time limit covers all of it.
/// </remarks>
internal sealed class Connector
{
    private static readonly TimeSpan NextAddressDelay = TimeSpan.FromMilliseconds(250);

    private readonly Http1TransportOptions _options;
    private readonly TimeProvider _time;

    public Connector(Http1TransportOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
    }

    /// <summary>Opens a connection.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="proxy">The HTTP proxy on the way.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A socket, with the stream on top of it where it is not used by itself.</returns>
    /// <exception cref="AttemptException">It failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<OpenedConnection> ConnectAsync(EndpointKey endpoint, UpstreamProxy? proxy, CancellationToken cancellationToken)
    {
        if (proxy is not null) return await ConnectThroughAsync(proxy, endpoint, cancellationToken).ConfigureAwait(false);
        // Streams on top of a socket use it in their own way.
        if (_options is { Pollers: { } pollers, ConnectCallback: null } && !endpoint.IsTls && endpoint.Client is null)
        {
            var polled = await ConnectAsync(endpoint, (address, stop) => pollers.ConnectAsync(address, stop), cancellationToken).ConfigureAwait(false);
            return new(polled.Socket, polled, Stream: null);
        }

        var stream = default(Stream);
        var socket = default(Socket);
        if (_options.ConnectCallback is { } callback) stream = await callback(endpoint, cancellationToken).ConfigureAwait(false);
        else socket = await ConnectAsync(endpoint, ConnectSocketAsync, cancellationToken).ConfigureAwait(false);
        if (endpoint.Client is { } client && socket is not null) await TellAsync(socket, endpoint, client, cancellationToken).ConfigureAwait(false);
        if (endpoint.IsTls) stream = await AuthenticateAsync(endpoint, stream ?? new NetworkStream(socket!, ownsSocket: true), _options.SslOptions, cancellationToken).ConfigureAwait(false);
        return new(socket, Polled: null, stream);
    }

    private async Task<OpenedConnection> ConnectThroughAsync(UpstreamProxy proxy, EndpointKey endpoint, CancellationToken cancellationToken)
    {
        // The settings of TLS are those for the endpoint: its certificate, its name. For the proxy the platform's own rules are the right ones.
        var socket = await ConnectAsync(proxy.Endpoint, ConnectSocketAsync, cancellationToken).ConfigureAwait(false);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (proxy.Endpoint.IsTls) stream = await AuthenticateAsync(proxy.Endpoint, stream, given: null, cancellationToken).ConfigureAwait(false);
        if (endpoint.IsTls || endpoint.IsTunnel) await OpenTunnelAsync(proxy, endpoint, stream, cancellationToken).ConfigureAwait(false);
        if (endpoint.IsTls) stream = await AuthenticateAsync(endpoint, stream, _options.SslOptions, cancellationToken).ConfigureAwait(false);
        return new(socket, Polled: null, stream is NetworkStream ? null : stream);
    }

    private async Task OpenTunnelAsync(UpstreamProxy proxy, EndpointKey endpoint, Stream stream, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await proxy.OpenTunnelAsync(stream, endpoint, _options.ResponseHeadMaxBytes, _options.ResponseHeadMaxFields, linked.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested) throw TransportErrors.ConnectTimedOut(endpoint, e);
            if (e is AttemptException) throw;
            throw TransportErrors.ConnectFailed(proxy.Endpoint, e);
        }
    }

    /// <summary>Says whose connection it is, before anything else (PROXY protocol).</summary>
    private async Task TellAsync(Socket socket, EndpointKey endpoint, ProxiedClient client, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            ReadOnlyMemory<byte> header = ProxyHeaderWriter.Write(_options.SendProxyProtocol, client.Source, client.Destination);
            while (!header.IsEmpty) header = header[await socket.SendAsync(header, linked.Token).ConfigureAwait(false)..];
        }
        catch (Exception e)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw timeout.IsCancellationRequested ? TransportErrors.ConnectTimedOut(endpoint, e) : TransportErrors.ConnectFailed(endpoint, e);
        }
    }

    /// <summary>Opens a socket of whatever kind.</summary>
    private async Task<T> ConnectAsync<T>(EndpointKey endpoint, Func<IPEndPoint, CancellationToken, Task<T>> connect, CancellationToken cancellationToken) where T : IDisposable
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var addresses = await ResolveAsync(endpoint, linked.Token).ConfigureAwait(false);
            return addresses.Length == 1
                ? await connect(new IPEndPoint(addresses[0], endpoint.Port), linked.Token).ConfigureAwait(false)
                : await ConnectAnyAsync(Alternate(addresses), endpoint.Port, connect, linked).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e) when (timeout.IsCancellationRequested)
        {
            throw TransportErrors.ConnectTimedOut(endpoint, e);
        }
        catch (Exception e) when (e is not AttemptException)
        {
            throw TransportErrors.ConnectFailed(endpoint, e);
        }
    }

    private async ValueTask<IPAddress[]> ResolveAsync(EndpointKey endpoint, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(endpoint.Host, out var address)) return [address];
        try
        {
            var addresses = await _options.Resolve(endpoint.Host, cancellationToken).ConfigureAwait(false);
            return addresses.Length > 0 ? addresses : throw TransportErrors.NotResolved(endpoint);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw TransportErrors.NotResolved(endpoint, e);
        }
    }

    private static async Task<Socket> ConnectSocketAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Lets attempts race; the losers are cancelled and closed.</summary>
    private async Task<T> ConnectAnyAsync<T>(IPAddress[] addresses, int port, Func<IPEndPoint, CancellationToken, Task<T>> connect, CancellationTokenSource cancellation) where T : IDisposable
    {
        var racing = new List<Task<T>>(addresses.Length);
        var failure = default(Exception);
        var next = 0;
        try
        {
            while (true)
            {
                if (next < addresses.Length) racing.Add(connect(new IPEndPoint(addresses[next++], port), cancellation.Token));
                else if (racing.Count == 0) throw failure!;

                var first = await FirstAsync(racing, mayStartNext: next < addresses.Length, cancellation.Token).ConfigureAwait(false);
                if (first is null) continue;
                racing.Remove(first);
                if (first.IsCompletedSuccessfully) return await first.ConfigureAwait(false);
                cancellation.Token.ThrowIfCancellationRequested();
                failure ??= first.Exception?.InnerException ?? new SocketException((int)SocketError.OperationAborted);
            }
        }
        finally
        {
            if (racing.Count > 0) await cancellation.CancelAsync().ConfigureAwait(false);
            foreach (var loser in racing) _ = CloseAsync(loser);
        }

        static async Task CloseAsync(Task<T> loser)
        {
            try
            {
                (await loser.ConfigureAwait(false)).Dispose();
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // It lost the race; nobody asks why.
            }
        }
    }

    /// <returns>The first attempt that ended; <see langword="null"/> when it is time to start the next one.</returns>
    private async Task<Task<T>?> FirstAsync<T>(List<Task<T>> racing, bool mayStartNext, CancellationToken cancellationToken)
    {
        var any = Task.WhenAny(racing);
        if (!mayStartNext) return await any.ConfigureAwait(false);
        try
        {
            return await any.WaitAsync(NextAddressDelay, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private static IPAddress[] Alternate(IPAddress[] addresses)
    {
        var leading = addresses[0].AddressFamily;
        var leads = addresses.Where(a => a.AddressFamily == leading).ToArray();
        var others = addresses.Where(a => a.AddressFamily != leading).ToArray();
        var mixed = new List<IPAddress>(addresses.Length);
        for (var i = 0; i < Math.Max(leads.Length, others.Length); i++)
        {
            if (i < leads.Length) mixed.Add(leads[i]);
            if (i < others.Length) mixed.Add(others[i]);
        }

        return [.. mixed];
    }

    private async Task<Stream> AuthenticateAsync(EndpointKey endpoint, Stream inner, SslClientAuthenticationOptions? given, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.TlsHandshakeTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var tls = new SslStream(inner, leaveInnerStreamOpen: false);
        var settings = TlsClientSettings.For(given, endpoint.ServerName ?? endpoint.Host);
        try
        {
            await tls.AuthenticateAsClientAsync(settings.Options, linked.Token).ConfigureAwait(false);
            return tls;
        }
        catch (Exception e)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested) throw TransportErrors.ConnectTimedOut(endpoint, e);
            throw TransportErrors.TlsFailed(endpoint, e, settings.Rejected);
        }
    }
}
