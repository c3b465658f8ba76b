using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Net2Secure.Routing.Proxying.Polling;
using Net2Secure.Routing.Proxying.Serving;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Sets the server's sockets up for a host that is a proxy and little else.</summary>
public static class Net2SocketsExtensions
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Lets socket operations complete where they arrive instead of on the thread pool, and receives in blocks of 16 KiB instead of 4 KiB; on Linux the sockets of clients, and of plain
    /// connections to destinations, are watched by the proxy itself (epoll), which saves system calls and copies, and answers on one HTTP/2 connection that are ready together are sent together.</summary>
    /// <remarks>
    /// <para>It saves the change of thread for every read and write, about a third of what a forwarded request costs. The condition: nothing on a request's way may block, or
    /// one slow request stops all others on its thread. The proxy keeps to that; code of yours that cannot (synchronous database access, <c>.Result</c>) begins with
    /// <c>await Task.Yield()</c>, or this is left out.</para>
    /// <para>Call it before anything in the process uses a socket: the runtime reads the environment variable <c>DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS</c>
    /// once. Where it is set already it is left as it is: <c>0</c> switches inline completions off, the server's among them, goes back to the platform's sockets, and leaves the larger blocks.</para>
    /// </remarks>
    /// <param name="host">The web host.</param>
    public static IWebHostBuilder UseNet2Sockets(this IWebHostBuilder host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var asked = Environment.GetEnvironmentVariable(InlineCompletions);
        if (asked is null) Environment.SetEnvironmentVariable(InlineCompletions, "1");
        var isInline = asked is null or "1" || asked.Equals("true", StringComparison.OrdinalIgnoreCase);
        return host.ConfigureServices(services =>
        {
            services.TryAddSingleton(TimeProvider.System);
            services.AddSingleton<IMemoryPoolFactory<byte>, BlockMemoryPoolFactory>();
            services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = isInline);
            if (!isInline || SocketPollers.Shared is not { } pollers) return;
            services.TryAddSingleton(pollers);
            // By the time of the machine, as the server itself: a client that leaves does so whatever clock the application has.
            services.AddSingleton<IStartupFilter, GatheringFilter>();
            services.AddSingleton<IConnectionListenerFactory>(s => ActivatorUtilities.CreateInstance<PolledTransport>(s, pollers, TimeProvider.System));
        });
    }
}
