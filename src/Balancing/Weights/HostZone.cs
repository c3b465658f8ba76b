namespace Net2Secure.Routing.Balancing;

/// <summary>The zone in which the process runs.</summary>
internal sealed record HostZone(string Name);
