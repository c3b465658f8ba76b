using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying;

/// <summary>Copies the fields of a list from the client's request, where the route copies none by itself.</summary>
internal sealed class RequestFieldsAllowedTransform(IEnumerable<string> names) : RequestTransform
{
    // Host and the length are the forwarder's: it sends the one where it is allowed, and the other always.
    private readonly string[] _names = [.. names.Where(static name => !IsForwarders(name)).Distinct(StringComparer.OrdinalIgnoreCase)];

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var sent = context.HttpContext.Request.Headers;
        var connection = sent.Connection;
        foreach (var name in _names)
        {
            if (!sent.TryGetValue(name, out var values) || HopByHopFields.IsNamedBy(connection, name) || Has(context, name)) continue;
            if (name.Equals("TE", StringComparison.OrdinalIgnoreCase)) values = TrailersOnly(values);
            RequestHeaderCopier.Add(context.ProxyRequest, name, values);
        }
        context.HeadersCopied = true;
        return default;
    }

    private static bool IsForwarders(string name)
        => name.Equals("Host", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase);

    // The forwarder may have set some of its own already, such as Via.
    private static bool Has(RequestTransformContext context, string name)
        => TransformFields.IsContentField(name)
            ? context.ProxyRequest.Content?.Headers.NonValidated.Contains(name) ?? false
            : context.ProxyRequest.Headers.NonValidated.Contains(name);

    // The one member of TE that a proxy hands on (RFC 9110 §10.1.4).
    private static StringValues TrailersOnly(StringValues values) => HopByHopFields.HasMember(values, "trailers") ? "trailers" : default(StringValues);
}

/// <summary>Notes that the route copies no fields, so that a transform that wants to keep one takes the client's.</summary>
internal sealed class RequestFieldsNotCopiedTransform : RequestTransform
{
    public static readonly RequestFieldsNotCopiedTransform Instance = new();

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        context.HeadersCopied = false;
        return default;
    }
}
