namespace Net2Secure.Routing.Caching;

/// <summary>Tells methods by their names, in which case matters (RFC 9110 §9.1): to <see cref="HttpMethod"/> it does not.</summary>
internal static class MethodRule
{
    public static bool IsGet(HttpMethod method) => method.Method == "GET";

    public static bool IsHead(HttpMethod method) => method.Method == "HEAD";

    public static bool IsPost(HttpMethod method) => method.Method == "POST";

    /// <summary>Whether it changes nothing, by its definition (RFC 9110 §9.2.1). One that is not known may.</summary>
    public static bool IsSafe(HttpMethod method) => method.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE";
}
