using Polly;

namespace Net2Secure.Routing.Balancing;

/// <summary>What strategies of the user's own find in the properties of their <see cref="ResilienceContext"/>.</summary>
public static class ResilienceKeys
{
    /// <summary>The request, as it is before a destination is picked. Read only.</summary>
    public static ResiliencePropertyKey<HttpRequestMessage> Request { get; } = new("Net2Secure.Routing.Balancing.Request");
}
