namespace Net2Secure.Routing.Testing;

/// <summary>What a <see cref="ScriptedBackend"/> does instead of answering. Each looks to balancing as it would over a socket.</summary>
public enum BackendFailure
{
    /// <summary>The connection is refused, at once: nothing was sent, any request may go elsewhere.</summary>
    Refused,

    /// <summary>Nobody answers the attempt to connect, until <see cref="ScriptedBackends.ConnectTimeout"/> is over.</summary>
    ConnectTimeout,

    /// <summary>The name of the backend does not resolve.</summary>
    NameNotFound,

    /// <summary>The connection ends after the request was sent and before an answer; after the backend's latency.</summary>
    Reset,

    /// <summary>The head of the answer comes, and half of its body; then the connection ends.</summary>
    ResetInBody,

    /// <summary>500.</summary>
    InternalServerError,

    /// <summary>503, as from a server that has too much to do.</summary>
    ServiceUnavailable,

    /// <summary>The request is taken and never answered. It ends when whoever asks gives up.</summary>
    Hang,
}
