namespace Net2Secure.Routing.Proxying;

/// <summary>Makes of what a client accepts the one coding that it would get, so that a cache further in keeps one variant of a response per coding and not one per browser.</summary>
/// <remarks>
/// The origin sees what it becomes: a coding, or <c>identity</c>, which stands for every client that gets none. It is not taken away then: a request that says nothing accepts everything
/// (RFC 9110 §12.5.3). For the same reason nothing is added where a client says nothing.
/// </remarks>
internal sealed class AcceptEncodingHandler(CompressionSettings settings) : DelegatingHandler
{
    private const string Name = "Accept-Encoding";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Rewrite(request, settings);
        return base.SendAsync(request, cancellationToken);
    }

    /// <summary>Rewrites the field of a request.</summary>
    public static void Rewrite(HttpRequestMessage request, CompressionSettings settings)
    {
        if (!request.Headers.NonValidated.TryGetValues(Name, out var accepted)) return;
        var coding = settings.Choose(request) ?? AcceptEncoding.Identity;
        if (accepted.Count == 1 && accepted.ToString() == coding) return;
        request.Headers.Remove(Name);
        request.Headers.TryAddWithoutValidation(Name, coding);
    }
}
