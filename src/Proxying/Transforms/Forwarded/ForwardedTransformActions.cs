namespace Net2Secure.Routing.Proxying;

/// <summary>What to do with a field that tells a destination about the client.</summary>
public enum ForwardedTransformActions
{
    /// <summary>Does nothing: what the client sent passes as it is.</summary>
    Off,

    /// <summary>Replaces what the client sent; without a value of its own, removes it.</summary>
    Set,

    /// <summary>Keeps what came and appends to it, all in one field. Right behind another proxy that can be trusted.</summary>
    Append,

    /// <summary>Removes what the client sent.</summary>
    Remove,
}
