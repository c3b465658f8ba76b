using System.Net;
using System.Net.Http.Headers;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying;

/// <summary>Decides which responses are compressed.</summary>
internal static class CompressionRule
{
    /// <summary>Judges a response by its request's method, its status and its fields; whether the client wants it compressed is another matter.</summary>
    public static CompressionVerdict Judge(HttpRequestMessage request, HttpResponseMessage response, CompressionSettings settings)
    {
        // What follows the head of an accepted CONNECT is a tunnel.
        if (request.Method == HttpMethod.Connect) return CompressionVerdict.Never;
        switch (response.StatusCode)
        {
            case HttpStatusCode.NotModified:
                return CompressionVerdict.NotModified;
            case HttpStatusCode.NoContent or HttpStatusCode.ResetContent or HttpStatusCode.IMUsed:
                return CompressionVerdict.Never;
            case < HttpStatusCode.OK or >= HttpStatusCode.MultipleChoices:
                return CompressionVerdict.Never;
        }

        var fields = response.Content.Headers.NonValidated;
        if (!IsIncluded(fields, settings) || fields.Contains("Content-Encoding") || CompressionSettings.RefusesTransformation(new FieldView(response))) return CompressionVerdict.Never;
        if (response.StatusCode == HttpStatusCode.PartialContent) return CompressionVerdict.Part;
        // A part that is called the whole is still a part.
        if (fields.Contains("Content-Range")) return CompressionVerdict.Never;
        return ResponseLength.Of(response) is { } length && (length == 0 || length < settings.MinimumSize) ? CompressionVerdict.Never : CompressionVerdict.Whole;
    }

    /// <summary>Whether the content is of a media type to compress.</summary>
    public static bool IsIncluded(in HttpHeadersNonValidated contentFields, CompressionSettings settings) =>
        contentFields.TryGetValues("Content-Type", out var type) && type.Count == 1 && settings.Includes(type.ToString());
}
