namespace Net2Secure.Routing.Proxying;

/// <summary>What an encoder is to do with what it is given.</summary>
internal enum EncodingStep
{
    /// <summary>Take it, and give what comes of it when that is worth while.</summary>
    Encode,

    /// <summary>Give all that a decoder needs to have every byte taken so far.</summary>
    Flush,

    /// <summary>Take it as the last, and come to the end.</summary>
    Finish,

    /// <summary>Nothing: the end has been reached.</summary>
    Ended,
}
