using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Puts circuits that open and close among the events, whether anybody looks on or not.</summary>
internal sealed class CircuitEvents(ProxyEvents events) : ICircuitListener
{
    public void OnCircuitChanged(Destination destination, bool isOpen) => events.Tell(
        ProxyEventKinds.Circuit,
        isOpen ? Severities.Error : Severities.Good,
        $"{destination.ClusterId} / {destination.Id}",
        isOpen ? "Circuit open: connections fail, single requests try it" : "Circuit closed: connections work again");
}
