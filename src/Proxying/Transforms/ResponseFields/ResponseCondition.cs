namespace Net2Secure.Routing.Proxying;

/// <summary>Which responses a transform changes.</summary>
public enum ResponseCondition
{
    /// <summary>All.</summary>
    Always,

    /// <summary>Those with a status below 400.</summary>
    Success,

    /// <summary>Those with a status of 400 or above, the proxy's own answers included.</summary>
    Failure,
}
