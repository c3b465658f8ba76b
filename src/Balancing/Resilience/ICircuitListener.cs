namespace Net2Secure.Routing.Balancing;

/// <summary>Is told when the circuit of a destination opens or closes: never for a request as such.</summary>
/// <remarks>Called on the way of the request that has shown it, from many threads: it must neither block nor throw.</remarks>
internal interface ICircuitListener
{
    void OnCircuitChanged(Destination destination, bool isOpen);
}
