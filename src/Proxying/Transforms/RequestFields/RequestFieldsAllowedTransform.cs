using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying;

/// <summary>Copies the fields of a list from the client's request, where the route copies none by itself.</summary>
internal sealed class RequestFieldsAllowedTransform(IEnumerable<string> names) : RequestTransform
{
    // Host is sent on by the forwarder, like everywhere.
    private readonly string[] _names =
        [.. names.Where(static name => !name.Equals("Host", StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase)];

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var sent = context.HttpContext.Request.Headers;
        var connection = sent.Connection;
        foreach (var name in _names)
        {
            if (!sent.TryGetValue(name, out var values) || FieldRules.IsNominated(connection, name) || Has(context, name)) continue;
            if (name.Equals("TE", StringComparison.OrdinalIgnoreCase)) values = TrailersOnly(values);
            AddHeader(context, name, values);
        }
        context.HeadersCopied = true;
        return default;
    }

    // The forwarder frames the body and may have set some of these already.
    private static bool Has(RequestTransformContext context, string name)
        => FieldRules.IsContentField(name)
            ? context.ProxyRequest.Content?.Headers.NonValidated.Contains(name) ?? true
            : context.ProxyRequest.Headers.NonValidated.Contains(name);

    // The one member of TE that a proxy hands on (RFC 9110 §10.1.4).
    private static StringValues TrailersOnly(StringValues values) => FieldRules.IsNominated(values, "trailers") ? "trailers" : default(StringValues);
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
