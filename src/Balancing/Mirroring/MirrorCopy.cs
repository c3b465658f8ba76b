namespace Net2Secure.Routing.Balancing;

/// <summary>Copies the head of a request for another cluster.</summary>
/// <remarks>
/// Nothing of the request itself goes along that lives only as long as it does: no options, no callbacks, no trailers that are yet to come. The copy may outlive the request by far, and what a server hands out with a
/// request is used again for the next one.
/// </remarks>
internal static class MirrorCopy
{
    /// <summary>Copies the head, as it is before a destination is picked.</summary>
    public static HttpRequestMessage Of(HttpRequestMessage request, string? markedBy)
    {
        var copy = request is RoutedRequestMessage routed
            ? new RoutedRequestMessage { PathAndQuery = routed.PathAndQuery }
            : new HttpRequestMessage { RequestUri = request.RequestUri };
        copy.Method = request.Method;
        copy.Version = request.Version;
        copy.VersionPolicy = request.VersionPolicy;
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (!string.Equals(name, "Expect", StringComparison.OrdinalIgnoreCase)) copy.Headers.TryAddWithoutValidation(name, values);
        }

        if (markedBy is not null)
        {
            copy.Headers.Remove(markedBy);
            copy.Headers.TryAddWithoutValidation(markedBy, "1");
        }

        return copy;
    }

    /// <summary>Whether a request is more than a question and an answer: a change of protocol, or a tunnel.</summary>
    public static bool IsStream(HttpRequestMessage request) =>
        request.Method == HttpMethod.Connect || request.Headers.Protocol is not null || request.Headers.NonValidated.Contains("Upgrade");
}
