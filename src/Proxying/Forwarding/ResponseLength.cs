namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>The length of a response body, as far as it is known.</summary>
internal static class ResponseLength
{
    /// <summary>Asks the content; ours knows without the field being parsed a second time, which allocates.</summary>
    public static long? Of(HttpResponseMessage response) =>
        response.Content is Http1ResponseContent { KnownLength: var length } ? length : response.Content.Headers.ContentLength;
}
