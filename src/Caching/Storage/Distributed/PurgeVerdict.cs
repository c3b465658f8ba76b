namespace Net2Secure.Routing.Caching;

/// <summary>What purges have left of a stored response. Ordered: the greater one wins.</summary>
internal enum PurgeVerdict
{
    /// <summary>None concerns it.</summary>
    Keep,

    /// <summary>It has to be validated before it is used.</summary>
    Doubt,

    /// <summary>It is removed.</summary>
    Remove,
}
