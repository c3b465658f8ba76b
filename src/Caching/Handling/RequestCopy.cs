namespace Net2Secure.Routing.Caching;

/// <summary>Copies requests without a body, for fetches that may outlive the one who asked.</summary>
internal static class RequestCopy
{
    /// <summary>The same request as far as the origin can tell, with the options that handlers know it by.</summary>
    public static HttpRequestMessage Of(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            foreach (var value in values) copy.Headers.TryAddWithoutValidation(name, value);
        }

        foreach (var option in (IDictionary<string, object?>)request.Options) ((IDictionary<string, object?>)copy.Options)[option.Key] = option.Value;
        return copy;
    }
}
