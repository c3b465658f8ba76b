namespace Net2Secure.Routing.Proxying;

/// <summary>What is done about unsafe settings.</summary>
public enum ShieldingAuditMode
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>Each is logged as a warning, with its remedy.</summary>
    Warn,

    /// <summary>Each is an error: the proxy does not start, and a reload is refused.</summary>
    Strict,
}
