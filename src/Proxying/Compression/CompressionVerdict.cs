namespace Net2Secure.Routing.Proxying;

/// <summary>What a response is to compression.</summary>
internal enum CompressionVerdict
{
    /// <summary>Nothing that is ever compressed: the same for every client.</summary>
    Never,

    /// <summary>Compressed for clients that want it.</summary>
    Whole,

    /// <summary>A part of what is compressed for others when it is sent whole (206).</summary>
    Part,

    /// <summary>Says that what the client has is still right (304), compressed or not.</summary>
    NotModified,
}
