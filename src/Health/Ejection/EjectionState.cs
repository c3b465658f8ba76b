namespace Net2Secure.Routing.Health;

/// <summary>Where a destination stands by the verdicts of its traffic.</summary>
internal enum EjectionState
{
    /// <summary>It takes traffic, as far as its traffic is concerned.</summary>
    Serving,

    /// <summary>It takes none.</summary>
    Ejected,

    /// <summary>Its time is over: one request tries it, and the rest wait for what comes of it.</summary>
    OnTrial,
}
