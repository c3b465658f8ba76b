namespace Net2Secure.Routing.Balancing;

/// <summary>How far a request had come when its attempt failed.</summary>
public enum SentState
{
    /// <summary>There was no connection.</summary>
    NotConnected,

    /// <summary>There was a connection, and no byte of the request was written to it.</summary>
    NothingSent,

    /// <summary>The destination said that it has not processed the request (HTTP/2 REFUSED_STREAM or GOAWAY, RFC 9113 §8.7).</summary>
    Refused,

    /// <summary>Part of the request was written.</summary>
    PartSent,

    /// <summary>The whole request was written, and no byte of an answer came.</summary>
    AllSent,

    /// <summary>The answer had begun.</summary>
    AnswerBegun,

    /// <summary>The transport cannot tell.</summary>
    Unknown,
}
