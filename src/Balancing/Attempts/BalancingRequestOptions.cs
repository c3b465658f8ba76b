namespace Net2Secure.Routing.Balancing;

/// <summary>What balancing leaves in, and takes from, <see cref="HttpRequestMessage.Options"/> for handlers and callers of an <see cref="HttpClient"/>.</summary>
public static class BalancingRequestOptions
{
    /// <summary>The destination of the latest attempt; absent before the first. Not set on a <see cref="RoutedRequestMessage"/>, which has a property for it.</summary>
    public static HttpRequestOptionsKey<Destination> Destination { get; } = new("Net2Secure.Routing.Balancing.Destination");

    /// <summary>The subset of destinations that the request is for, set by the caller before sending. Not read of a <see cref="RoutedRequestMessage"/>, which has a property for it.</summary>
    public static HttpRequestOptionsKey<DestinationSubset> Subset { get; } = new("Net2Secure.Routing.Balancing.Subset");

    /// <summary>What a policy that hashes takes as the key of the request, where its settings name <see cref="HashKeySource.Custom"/>; set by code before the request is sent.
    /// Not looked at on a <see cref="RoutedRequestMessage"/>, which has a property for it.</summary>
    public static HttpRequestOptionsKey<string> HashKey { get; } = new("Net2Secure.Routing.Balancing.HashKey");

    /// <summary>The key that requests are kept together by, where the cluster's session affinity is <see cref="SessionAffinityNames.RequestKey"/>: any text, such as the number of a basket. Set by code before
    /// the request is sent, by a handler that stands outside, or in a proxy by a request transform.</summary>
    public static HttpRequestOptionsKey<string> AffinityKey { get; } = new("Net2Secure.Routing.Balancing.AffinityKey");
}
