namespace Net2Secure.Routing.Balancing;

/// <summary>Has a say, at the moment of an attempt, in whether it may go to the destination that was picked.</summary>
/// <remarks>Weights say how much traffic a destination is due; a gate says no to one attempt. Runs on the request path: does not block or allocate.</remarks>
internal interface IAttemptGate
{
    /// <summary>Whether the attempt may go there. A yes is followed by the attempt, unless another gate says no.</summary>
    bool Admits(Destination destination, HttpRequestMessage request);
}
