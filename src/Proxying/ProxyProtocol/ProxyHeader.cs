using System.Net;

namespace Net2Secure.Routing.Proxying;

/// <summary>What a header of the PROXY protocol says.</summary>
/// <param name="Source">The client; <see langword="null"/> where the header says that the connection is the proxy's own, or that nothing is known.</param>
/// <param name="Destination">Where the client connected to.</param>
internal readonly record struct ProxyHeader(IPEndPoint? Source, IPEndPoint? Destination);
