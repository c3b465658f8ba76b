namespace Net2Secure.Routing.Health;

/// <summary>Names of the built-in probes. Names are compared without regard to case.</summary>
public static class HealthProbeNames
{
    /// <summary>Asks for a path over HTTP and looks at the answer: whether the application works, as far as that path says. The default.</summary>
    public const string Http = "Http";

    /// <summary>Asks by the gRPC health checking protocol (<c>grpc.health.v1</c>): for servers of gRPC, service by service.</summary>
    public const string Grpc = "Grpc";

    /// <summary>Shakes hands over TLS and looks at the certificate: for servers that speak something else inside.</summary>
    public const string Tls = "Tls";

    /// <summary>Connects: whether anybody listens. The cheapest, and it says nothing of an application that hangs.</summary>
    public const string Tcp = "Tcp";
}
