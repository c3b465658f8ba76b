using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Copies the end-to-end fields of the incoming request: every value byte for byte, every line of a repeated field on its own.</summary>
internal static class RequestHeaderCopier
{
    public static void Copy(HttpContext context, HttpRequestMessage target)
    {
        var source = context.Request.Headers;
        var connection = source.Connection;
        // The guard has seen all of it, the server keeps a part.
        if (connection.Count > 0 && context.Features.Get<IRequestGuardFeature>()?.ConnectionOptions is { } options) connection = options;
        var namesFields = connection.Count > 0 && HopByHopFields.NamesFields(connection);
        foreach (var (name, values) in source)
        {
            if (IsNotCopied(name) || (namesFields && HopByHopFields.IsNamedBy(connection, name))) continue;
            Add(target, name, values);
        }

        // Of what a client accepts between hops, trailers are all that we pass on, and we can keep that promise (RFC 9110 §10.1.4).
        if (source.TE.Count > 0 && HopByHopFields.HasMember(source.TE, "trailers")) target.Headers.TryAddWithoutValidation("TE", "trailers");
    }

    /// <summary>Adds a field to the collection that takes it.</summary>
    public static void Add(HttpRequestMessage target, string name, in StringValues values)
    {
        if (values.Count == 1)
        {
            Add(target, name, values[0]);
            return;
        }

        // One cookie field is all that HTTP/1.1 knows; HTTP/2 clients split it to compress it (RFC 9113 §8.2.3).
        if (name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
        {
            Add(target, name, string.Join("; ", values.AsEnumerable()));
            return;
        }

        for (var i = 0; i < values.Count; i++) Add(target, name, values[i]);
    }

    private static void Add(HttpRequestMessage target, string name, string? value)
    {
        if (target.Headers.TryAddWithoutValidation(name, value)) return;
        target.Content ??= new AbsentBody();
        target.Content.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>Fields that the forwarder writes itself or that end here. HTTP/2 and HTTP/3 pseudo-headers are not fields.</summary>
    private static bool IsNotCopied(string name) =>
        HopByHopFields.IsHopByHop(name)
        || name.Length == 0 || name[0] == ':'
        || (name.Length == 4 && name.Equals("Host", StringComparison.OrdinalIgnoreCase))
        || (name.Length == 14 && name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase));
}
