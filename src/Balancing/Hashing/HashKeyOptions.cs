namespace Net2Secure.Routing.Balancing;

/// <summary>One place where the key of a request may stand.</summary>
public sealed class HashKeyOptions
{
    /// <summary>What kind of place. Required.</summary>
    public HashKeySource? Source { get; set; }

    /// <summary>Name of the header field, cookie or query parameter. Required for these three, not allowed for the other places.</summary>
    public string? Name { get; set; }
}
