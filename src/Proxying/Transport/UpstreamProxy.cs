using System.Net;
using System.Text;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>The HTTP proxy on the way to one endpoint, and how it is asked to pass requests on. Immutable.</summary>
/// <remarks>
/// A request for an http endpoint goes to it with its whole URL (absolute-form, RFC 9112 §3.2.2); to an https endpoint, and for an upgrade, it opens a tunnel
/// (CONNECT, RFC 9110 §9.3.6), so that nobody in between reads along or stumbles over what is not HTTP.
/// </remarks>
internal sealed class UpstreamProxy
{
    private const int MaxInterims = 16;

    private UpstreamProxy(Uri address, string? authorization)
    {
        Endpoint = EndpointKey.Of(address);
        Authorization = authorization;
    }

    /// <summary>Where it listens.</summary>
    public EndpointKey Endpoint { get; }

    /// <summary>The value of <c>Proxy-Authorization</c> (RFC 7617), if it wants one.</summary>
    public string? Authorization { get; }

    /// <summary>The proxy for an endpoint; <see langword="null"/> when it is reached directly.</summary>
    public static UpstreamProxy? For(IWebProxy? proxy, EndpointKey endpoint)
    {
        if (proxy is null) return null;
        var uri = new UriBuilder(endpoint.IsTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, endpoint.Host, endpoint.Port).Uri;
        if (proxy.IsBypassed(uri) || proxy.GetProxy(uri) is not { } address || address == uri) return null;
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            throw TransportErrors.Misuse($"The proxy '{address.GetLeftPart(UriPartial.Authority)}' is not an HTTP proxy: an http or https address is expected.");
        return new UpstreamProxy(address, AuthorizationFor(proxy.Credentials?.GetCredential(address, "Basic")));
    }

    /// <summary>Asks for a tunnel to an endpoint.</summary>
    /// <param name="connection">An open connection to the proxy.</param>
    /// <param name="endpoint">Where the tunnel is to lead.</param>
    /// <param name="maxHeadBytes">The most that its answer may be long.</param>
    /// <param name="maxHeadFields">The most fields that its answer may have.</param>
    /// <param name="cancellationToken">Gives up; the connection is of no use then.</param>
    /// <exception cref="AttemptException">It did not open one.</exception>
    public async Task OpenTunnelAsync(Stream connection, EndpointKey endpoint, int maxHeadBytes, int maxHeadFields, CancellationToken cancellationToken)
    {
        // The port is always said (RFC 9110 §9.3.6).
        var authority = endpoint.Host.Contains(':', StringComparison.Ordinal) ? $"[{endpoint.Host}]:{endpoint.Port}" : $"{endpoint.Host}:{endpoint.Port}";
        var ask = $"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{(Authorization is null ? "" : $"Proxy-Authorization: {Authorization}\r\n")}\r\n";
        await connection.WriteAsync(Encoding.Latin1.GetBytes(ask), cancellationToken).ConfigureAwait(false);
        var status = await ReadStatusAsync(connection, new ResponseHeadParser(maxHeadBytes, maxHeadFields), cancellationToken).ConfigureAwait(false);
        if (status is < 200 or > 299) throw TransportErrors.TunnelRefused(Endpoint, endpoint, status);
    }

    private static string? AuthorizationFor(NetworkCredential? credential) =>
        credential is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password}"));

    /// <summary>Reads the head of the answer, and what interim answers come before it. Nobody has anything to say behind it before the tunnel's user has spoken.</summary>
    private static async Task<int> ReadStatusAsync(Stream connection, ResponseHeadParser parser, CancellationToken cancellationToken)
    {
        parser.Reset();
        var buffer = new byte[512];
        var (start, end, interims) = (0, 0, 0);
        while (true)
        {
            if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var read = await connection.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
            if (read == 0) throw TransportErrors.Terminated(SentState.NotConnected);
            end += read;
            while (true)
            {
                // What has been read stays in the buffer: the parser bounds a head, and with it the buffer.
                var isComplete = parser.TryParse(buffer.AsSpan(start..end), out var consumed);
                start += consumed;
                if (!isComplete) break;
                var status = (int)parser.Response!.StatusCode;
                parser.Response.Dispose();
                if (status >= 200) return start == end || status > 299 ? status : throw TransportErrors.Protocol("bytes behind the answer to CONNECT");
                if (++interims > MaxInterims) throw TransportErrors.Protocol("one interim answer to CONNECT after the other");
                parser.Reset();
            }
        }
    }
}
