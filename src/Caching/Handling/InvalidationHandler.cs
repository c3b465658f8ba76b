namespace Net2Secure.Routing.Caching;

/// <summary>Forgets what unsafe requests have changed, on a way on which nothing is cached: what they change may be cached on another (RFC 9111 §4.4). All else passes untouched.</summary>
internal sealed class InvalidationHandler : DelegatingHandler
{
    private readonly UnsafeRequests _unsafe;

    public InvalidationHandler(CachingEngine engine) => _unsafe = new UnsafeRequests(engine, (request, cancellationToken) => base.SendAsync(request, cancellationToken), stores: false);

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        InvalidationRule.IsUnsafe(request.Method) ? _unsafe.SendAsync(request, cancellationToken) : base.SendAsync(request, cancellationToken);
}
