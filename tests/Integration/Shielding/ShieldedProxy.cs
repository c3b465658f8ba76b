using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Shielding;

/// <summary>A shielded proxy, and clients at several addresses of this machine.</summary>
internal static class ShieldedProxy
{
    /// <summary>Starts a proxy whose backend answers with the fields it got, a line each.</summary>
    public static Task<ProxyUnderTest> StartAsync(Action<ShieldingOptions> shielding, Action<RouteOptions>? route = null, RequestDelegate? backend = null, Action<WebApplicationBuilder>? proxy = null) =>
        ProxyUnderTest.StartAsync(
            backend ?? TellFields,
            route,
            proxy: builder =>
            {
                builder.Services.Configure(shielding);
                proxy?.Invoke(builder);
            });

    /// <summary>A client whose connections come from an address.</summary>
    public static HttpClient ClientAt(Uri proxy, string address)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = await ConnectAsync(address, new IPEndPoint(IPAddress.Loopback, proxy.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler) { BaseAddress = proxy, Timeout = ProxyUnderTest.Patience };
    }

    /// <summary>A connection from an address.</summary>
    public static async Task<Socket> ConnectAsync(string from, EndPoint to, CancellationToken cancellationToken = default)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(to, cancellationToken).AsTask().WaitAsync(ProxyUnderTest.Patience, CancellationToken.None);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Task TellFields(HttpContext context) =>
        context.Response.WriteAsync(string.Join('\n', context.Request.Headers.Select(f => $"{f.Key}: {f.Value}")));
}
