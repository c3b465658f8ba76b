namespace Net2Secure.Routing.Proxying;

/// <summary>What would become of a thing.</summary>
public enum DryRunChange
{
    /// <summary>It stays as it is.</summary>
    None,

    /// <summary>It is new.</summary>
    Added,

    /// <summary>It goes.</summary>
    Removed,

    /// <summary>It is another.</summary>
    Changed,

    /// <summary>Of a destination: it stays, with another weight.</summary>
    Reweighted,
}
