namespace Net2Secure.Routing.Balancing;

/// <summary>Copies a request for an attempt beside another one, and takes the copy's outcome back.</summary>
internal static class RequestCopy
{
    /// <summary>A message that says the same and can be addressed on its own.</summary>
    public static HttpRequestMessage Of(HttpRequestMessage request, HttpContent? content)
    {
        if (request is RoutedRequestMessage routed) return routed.Copy(content);
        var copy = new HttpRequestMessage { RequestUri = request.RequestUri };
        Fill(copy, request, content);
        return copy;
    }

    /// <summary>Fills what every message has.</summary>
    public static void Fill(HttpRequestMessage copy, HttpRequestMessage request, HttpContent? content)
    {
        copy.Method = request.Method;
        copy.Version = request.Version;
        copy.VersionPolicy = request.VersionPolicy;
        copy.Content = content;
        foreach (var (name, values) in request.Headers.NonValidated) copy.Headers.TryAddWithoutValidation(name, values);
        foreach (var (key, value) in request.Options) ((IDictionary<string, object?>)copy.Options)[key] = value;
    }

    /// <summary>Makes a request what it would be if it had been sent in the place of its copy.</summary>
    public static void Adopt(HttpRequestMessage request, HttpRequestMessage copy, HttpResponseMessage? response)
    {
        if (request is RoutedRequestMessage routed && copy is RoutedRequestMessage sent) routed.Adopt(sent);
        else if (copy.Options.TryGetValue(BalancingRequestOptions.Destination, out var destination)) request.Options.Set(BalancingRequestOptions.Destination, destination);
        if (response is not null) response.RequestMessage = request;
    }
}
