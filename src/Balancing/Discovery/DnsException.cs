namespace Net2Secure.Routing.Balancing;

/// <summary>No name server could tell.</summary>
internal sealed class DnsException(string message) : Exception(message);
