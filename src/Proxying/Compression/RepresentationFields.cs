using System.Net.Http.Headers;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying;

/// <summary>The fields of a response that say which representation it carries, made true for a compressed one.</summary>
internal static class RepresentationFields
{
    private const string Vary = "Vary";
    private const string AcceptEncodingName = "Accept-Encoding";
    private const string EntityTagName = "ETag";

    /// <summary>Digests of what was there before (RFC 9530, RFC 3230, RFC 2616 §14.15).</summary>
    private static readonly string[] Digests = ["Content-Digest", "Repr-Digest", "Digest", "Content-MD5"];

    /// <summary>Says that the content is encoded now, and takes away or weakens what was true of it before.</summary>
    public static void SetCoding(HttpResponseMessage response, string coding)
    {
        var content = response.Content.Headers;
        content.Remove("Content-Length");
        content.TryAddWithoutValidation("Content-Encoding", coding);
        response.Headers.Remove("Accept-Ranges");
        RemoveDigests(response.Headers);
        content.Remove("Content-MD5");
        Weaken(response.Headers);
        AddVary(response);
    }

    /// <summary>Says that the answer depends on <c>Accept-Encoding</c>, unless that is said.</summary>
    public static void AddVary(HttpResponseMessage response)
    {
        if (response.Headers.NonValidated.TryGetValues(Vary, out var values))
        {
            foreach (var value in values)
            {
                var names = new ListReader(value);
                while (names.MoveNext())
                {
                    if (names.Current.SequenceEqual("*") || names.Current.Equals(AcceptEncodingName, StringComparison.OrdinalIgnoreCase)) return;
                }
            }
        }

        response.Headers.TryAddWithoutValidation(Vary, AcceptEncodingName);
    }

    /// <summary>Makes a 304 agree with what its requester has (RFC 9110 §15.4.5): a compressed response has the origin's tag in its weak form, and would get the strong one back.</summary>
    public static void AgreeWithCondition(HttpRequestMessage request, HttpResponseMessage response, CompressionSettings settings)
    {
        var isCompressed = response.Headers.NonValidated.TryGetValues(EntityTagName, out var tag) && EntityTag.IsStrong(tag.ToString())
            && request.Headers.NonValidated.TryGetValues("If-None-Match", out var condition) && Lists(condition, "W/" + tag.ToString());
        if (isCompressed) Weaken(response.Headers);
        var content = response.Content.Headers.NonValidated;
        // Its Vary stands in the place of the one that went with the body. A 304 seldom says of what type that was; then it is no harm to say that it varies.
        var varies = content.Contains("Content-Type") ? CompressionRule.IsIncluded(content, settings) : isCompressed || response.Headers.NonValidated.Contains(Vary);
        if (varies) AddVary(response);
    }

    /// <summary>Takes digests away.</summary>
    public static void RemoveDigests(HttpResponseHeaders fields)
    {
        foreach (var name in Digests)
        {
            // A field that belongs to contents is none of these here, and asking for it throws.
            if (fields.NonValidated.Contains(name)) fields.Remove(name);
        }
    }

    /// <summary>Takes away what is not true of a request any more when its body goes on decoded.</summary>
    public static void RemoveCoding(HttpRequestMessage request)
    {
        var content = request.Content!.Headers;
        content.Remove("Content-Encoding");
        content.Remove("Content-MD5");
        foreach (var name in Digests)
        {
            if (request.Headers.NonValidated.Contains(name)) request.Headers.Remove(name);
        }
    }

    /// <summary>A strong tag promises the same bytes (RFC 9110 §8.8.1), which compressing does not keep.</summary>
    private static void Weaken(HttpResponseHeaders fields)
    {
        if (!fields.NonValidated.TryGetValues(EntityTagName, out var tag) || !EntityTag.IsStrong(tag.ToString())) return;
        var weak = "W/" + tag.ToString();
        fields.Remove(EntityTagName);
        fields.TryAddWithoutValidation(EntityTagName, weak);
    }

    private static bool Lists(in HeaderStringValues condition, string weak)
    {
        foreach (var value in condition)
        {
            var tags = new ListReader(value, escapes: false);
            while (tags.MoveNext())
            {
                if (tags.Current.SequenceEqual(weak)) return true;
            }
        }

        return false;
    }
}
