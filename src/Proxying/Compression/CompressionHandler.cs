using System.Net;

namespace Net2Secure.Routing.Proxying;

/// <summary>Compresses responses, streaming.</summary>
/// <remarks>
/// Stands inside a cache, so that what is stored is compressed once, and outside whatever makes the response. <see cref="AcceptEncodingHandler"/> stands outside the cache; without one, it works as well.
/// </remarks>
internal sealed class CompressionHandler(CompressionSettings settings) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Before handlers further in change the request.
        var coding = settings.Choose(request);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            Apply(request, response, coding, cancellationToken);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        return response;
    }

    private void Apply(HttpRequestMessage request, HttpResponseMessage response, string? coding, CancellationToken cancellationToken)
    {
        switch (CompressionRule.Judge(request, response, settings))
        {
            case CompressionVerdict.NotModified:
                RepresentationFields.AgreeWithCondition(request, response, settings);
                return;
            case CompressionVerdict.Part:
                RepresentationFields.AddVary(response);
                return;
            case CompressionVerdict.Whole when coding is null:
                RepresentationFields.AddVary(response);
                return;
            case CompressionVerdict.Whole:
                Compress(request, response, coding, cancellationToken);
                return;
            default:
                return;
        }
    }

    private void Compress(HttpRequestMessage request, HttpResponseMessage response, string coding, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Head)
        {
            response.Content = new CompressedContent(response.Content, body: null);
            RepresentationFields.SetCoding(response, coding);
            return;
        }

        var length = Forwarding.ResponseLength.Of(response);
        var source = response.Content.ReadAsStream(cancellationToken);
        var body = new CompressingStream(source, () => RepresentationFields.RemoveDigests(response.TrailingHeaders));
        response.Content = new CompressedContent(response.Content, body);
        // A body of unknown length may be there whole already, and then it is known.
        if (length is null && body.EndsWithin(Math.Max(1, settings.MinimumSize), cancellationToken))
        {
            body.Use(new IdentityEncoder());
            return;
        }

        body.Use(settings.CreateEncoder(coding));
        RepresentationFields.SetCoding(response, coding);
    }
}
