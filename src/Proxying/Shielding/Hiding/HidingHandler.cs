using System.Net;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Takes out of responses what tells clients of the servers behind the proxy.</summary>
/// <remarks>Stands around the attempts and inside the cache: nothing that is to be hidden is ever stored, so that hits hide it as well, and attempts see what destinations really said.</remarks>
internal sealed class HidingHandler(HidingSettings settings, ClusterReference reference) : DelegatingHandler
{
    private const int FirstServerError = 500;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (settings.ReplacesErrorPages && (int)response.StatusCode >= FirstServerError) return Replace(request, response);
        foreach (var field in settings.Fields)
        {
            // Each of the two refuses to be asked to remove what belongs to the other.
            if (response.Headers.NonValidated.Contains(field)) response.Headers.Remove(field);
            else if (response.Content.Headers.NonValidated.Contains(field)) response.Content.Headers.Remove(field);
        }

        if (request is ForwardedRequestMessage forwarded && reference.Find(request) is { } cluster) PublicAddress.Of(forwarded.Context.Request).Rewrite(response, cluster);
        return response;
    }

    private static HttpResponseMessage Replace(HttpRequestMessage request, HttpResponseMessage hidden)
    {
        var status = (int)hidden.StatusCode;
        var retryAfter = hidden.Headers.RetryAfter;
        hidden.Dispose();
        var response = new HttpResponseMessage(hidden.StatusCode) { RequestMessage = request, Content = new ByteArrayContent(ProblemResponse.Body(Math.Min(status, ProblemResponse.HighestStatus), isOfDestination: true)) };
        response.Headers.RetryAfter = retryAfter;
        response.Headers.TryAddWithoutValidation("Cache-Control", "no-store");
        response.Content.Headers.TryAddWithoutValidation("Content-Type", "application/problem+json");
        return response;
    }
}
