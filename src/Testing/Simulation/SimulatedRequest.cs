using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Testing;

/// <summary>A request, from its arrival to its end.</summary>
internal sealed class SimulatedRequest(RoutedRequestMessage message, double arrived)
{
    public RoutedRequestMessage Message => message;

    public double Arrived => arrived;

    /// <summary>Attempts that a destination may have seen.</summary>
    public int Seen { get; set; }

    /// <summary>Attempts that no destination has seen.</summary>
    public int Unsent { get; set; }
}
