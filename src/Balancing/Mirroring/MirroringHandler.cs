namespace Net2Secure.Routing.Balancing;

/// <summary>Sends copies of requests to another cluster, beside the request and without a word to it.</summary>
/// <remarks>
/// Stands outside retries and hedging, so that a request is copied once and not once per attempt. A request without a body is copied as it is sent; one with a body when its body has gone out to the end, of which a copy was
/// kept on the way. Whatever goes wrong with a copy stays here.
/// </remarks>
internal sealed class MirroringHandler(ClusterReference reference) : DelegatingHandler
{
    private Mirroring? _known;

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Find() is not { Settings: { } settings } mirroring || !mirroring.Draws(settings, request)) return base.SendAsync(request, cancellationToken);
        return SendAsync(mirroring, settings, request, cancellationToken);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Find() is not { Settings: { } settings } mirroring || !mirroring.Draws(settings, request)) return base.Send(request, cancellationToken);
        var copy = Begin(mirroring, settings, request, out var body);
        try
        {
            return base.Send(request, cancellationToken);
        }
        finally
        {
            End(mirroring, settings, request, copy, body);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Mirroring mirroring, MirrorSettings settings, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var copy = Begin(mirroring, settings, request, out var body);
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            End(mirroring, settings, request, copy, body);
        }
    }

    /// <returns>The copy, when it waits for its body; otherwise it is on its way.</returns>
    private HttpRequestMessage? Begin(Mirroring mirroring, MirrorSettings settings, HttpRequestMessage request, out IReplayableBody? body)
    {
        body = null;
        try
        {
            if (request.Content is not { } content)
            {
                mirroring.Start(settings, MirrorCopy.Of(request, settings.Header), base.SendAsync);
                return null;
            }

            if (content.Headers.ContentLength > settings.MaxBodyBytes)
            {
                mirroring.SkipForBody(settings);
                return null;
            }

            var copy = MirrorCopy.Of(request, settings.Header);
            body = content as IReplayableBody;
            if (body is null) request.Content = (ReplayableContent)(body = new ReplayableContent(content, settings.KeptBytes));
            body.Hold(settings.KeptBytes);
            return copy;
        }
        catch (Exception e)
        {
            mirroring.Contain(settings, e);
            return null;
        }
    }

    private void End(Mirroring mirroring, MirrorSettings settings, HttpRequestMessage request, HttpRequestMessage? copy, IReplayableBody? body)
    {
        if (body is null) return;
        try
        {
            if (body is ReplayableContent standIn && ReferenceEquals(request.Content, standIn)) request.Content = standIn.Inner;
            var content = body.TryCopy();
            body.LetGo();
            if (copy is null || content is null || content.Headers.ContentLength > settings.MaxBodyBytes)
            {
                copy?.Dispose();
                mirroring.SkipForBody(settings);
                return;
            }

            copy.Content = content;
            mirroring.Start(settings, copy, base.SendAsync);
        }
        catch (Exception e)
        {
            mirroring.Contain(settings, e);
        }
    }

    private Mirroring? Find()
    {
        if (reference.Find() is not { } cluster) return null;
        var known = _known;
        return known is not null && ReferenceEquals(known.Cluster, cluster) ? known : _known = cluster.Feature<Mirroring>();
    }
}
