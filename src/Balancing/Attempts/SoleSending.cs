namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps <see cref="SocketsHttpHandler"/> from sending a request a second time by itself where that may do harm.</summary>
/// <remarks>
/// That handler repeats a request without content, whatever its method, when a pooled connection ends before an answer, and does not tell. Once content has been sent, of no bytes as well, it
/// does not. So what is not idempotent (RFC 9110 §9.2.2) is given an empty content: on the wire it is <c>Content-Length: 0</c>, which POST, PUT and PATCH say without it, too.
/// A tunnel (CONNECT) has its own ways and is left alone.
/// </remarks>
internal static class SoleSending
{
    /// <summary>Gives a request an empty content if it needs one.</summary>
    /// <returns>Whether it did; the content is to be taken back when the attempt is over.</returns>
    public static bool Ensure(HttpRequestMessage request)
    {
        if (request.Content is not null || Repeatability.IsIdempotent(request.Method) || request.Method.Method == "CONNECT") return false;
        request.Content = new ByteArrayContent([]);
        return true;
    }
}
