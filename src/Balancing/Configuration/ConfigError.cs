namespace Net2Secure.Routing.Balancing;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="Path">Where, with colons between the keys, as configuration names it: <c>Net2Proxy:Clusters:shop:Destinations:a:Address</c>.</param>
/// <param name="Message">What is wrong, with the value, and what is allowed.</param>
public sealed record ConfigError(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}
