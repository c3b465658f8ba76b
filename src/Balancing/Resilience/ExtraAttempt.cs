namespace Net2Secure.Routing.Balancing;

/// <summary>Why a cluster is to be sent more than its clients ask for.</summary>
internal enum ExtraAttempt
{
    /// <summary>An attempt failed after the destination had seen some of it.</summary>
    Retry,

    /// <summary>An attempt takes longer than most.</summary>
    Hedge,

    /// <summary>A copy of a request goes elsewhere, to be looked at.</summary>
    Mirror,
}
