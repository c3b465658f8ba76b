using System.Net.Sockets;
using Net2Secure.Routing.Proxying.Polling;

namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>A connection that has just been opened.</summary>
/// <param name="Socket">Its socket; <see langword="null"/> only for a test's own streams.</param>
/// <param name="Polled">What receives and sends by it, where it is used by itself and watched by pollers of our own.</param>
/// <param name="Stream">The stream on top of it where it is not used by itself.</param>
internal readonly record struct OpenedConnection(Socket? Socket, PolledSocket? Polled, Stream? Stream);
