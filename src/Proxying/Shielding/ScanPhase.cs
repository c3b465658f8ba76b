namespace Net2Secure.Routing.Proxying;

/// <summary>What the request scanner expects next.</summary>
internal enum ScanPhase
{
    /// <summary>The first octets of a connection: HTTP/1.1, an HTTP/2 preface, or TLS.</summary>
    Opening,

    /// <summary>A request line, or an empty line before it.</summary>
    RequestLine,

    /// <summary>A line of the header section.</summary>
    FieldLine,

    /// <summary>Octets of a body of known length.</summary>
    Body,

    /// <summary>A line with the size of a chunk.</summary>
    ChunkSize,

    /// <summary>Octets of a chunk.</summary>
    ChunkData,

    /// <summary>CR LF behind a chunk.</summary>
    ChunkEnd,

    /// <summary>A line of the trailer section.</summary>
    TrailerLine,

    /// <summary>Nothing, until an answer tells whether the request that asked for an upgrade got one.</summary>
    Held,

    /// <summary>Nothing any more: the octets are not HTTP/1.1.</summary>
    Tunnel,

    /// <summary>Nothing any more: the client said that the last request was its last.</summary>
    Finished,

    /// <summary>Nothing any more: what came was refused.</summary>
    Refused,
}
