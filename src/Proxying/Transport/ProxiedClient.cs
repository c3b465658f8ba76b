using System.Net;

namespace Net2Secure.Routing.Proxying;

/// <summary>The connection of a client, as destinations are told of it by the PROXY protocol.</summary>
/// <param name="Source">The client's end; <see langword="null"/> where it is unknown.</param>
/// <param name="Destination">The end that it connected to.</param>
internal sealed record ProxiedClient(IPEndPoint? Source, IPEndPoint? Destination);
