namespace Net2Secure.Routing.Proxying;

/// <summary>Lists of requests that are kept, each with a room of its own: many good requests do not push out the few bad ones.</summary>
public enum RequestExplanationKind
{
    /// <summary>All lists.</summary>
    All,

    /// <summary>The latest, whatever became of them.</summary>
    Recent,

    /// <summary>Those that took <see cref="ExplainOptions.SlowThreshold"/> or longer.</summary>
    Slow,

    /// <summary>Those that failed, or were answered by a status of 500 and above.</summary>
    Failed,
}
