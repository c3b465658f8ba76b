using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying;

/// <summary>Changes a request before it is sent.</summary>
/// <remarks>One instance serves all requests of a route, many at once. Runs before a destination is picked. An exception from it fails the request with 500.</remarks>
public abstract class RequestTransform
{
    /// <summary>Whether the fields of the request stay what the client has sent, but for those that speak of the way it came (<c>X-Forwarded-…</c>, <c>Forwarded</c>).</summary>
    internal virtual bool KeepsReceivedFields => false;

    /// <summary>Makes the change. Return a completed task where nothing has to be waited for.</summary>
    public abstract ValueTask ApplyAsync(RequestTransformContext context);

    /// <summary>The values of a field as they are now, which are removed; empty where there are none. Lines stay separate values.</summary>
    /// <remarks>Where the route copies no fields, and nobody set this one yet, the answer is what the client sent.</remarks>
    public static StringValues TakeHeader(RequestTransformContext context, string headerName)
    {
        ArgumentNullException.ThrowIfNull(context);
        var fields = FieldsFor(context, headerName);
        if (fields is not null && fields.NonValidated.TryGetValues(headerName, out var values))
        {
            var taken = ToStringValues(values);
            fields.Remove(headerName);
            return taken;
        }
        if (context.HeadersCopied) return default;
        var sent = context.HttpContext.Request.Headers;
        return HopByHopFields.IsHopByHop(headerName) || HopByHopFields.IsNamedBy(sent.Connection, headerName) ? default : sent[headerName];
    }

    /// <summary>Adds values behind those that the field has already. Line breaks in a value become blanks.</summary>
    public static void AddHeader(RequestTransformContext context, string headerName, StringValues values)
    {
        ArgumentNullException.ThrowIfNull(context);
        HttpHeaders fields = context.ProxyRequest.Headers;
        if (TransformFields.IsContentField(headerName)) fields = (context.ProxyRequest.Content ??= new AbsentBody()).Headers;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is { } value) fields.TryAddWithoutValidation(headerName, TransformFields.OneLine(value));
        }
    }

    /// <summary>Removes a field with all its values.</summary>
    public static void RemoveHeader(RequestTransformContext context, string headerName)
    {
        ArgumentNullException.ThrowIfNull(context);
        FieldsFor(context, headerName)?.Remove(headerName);
    }

    private static HttpHeaders? FieldsFor(RequestTransformContext context, string headerName)
        => TransformFields.IsContentField(headerName) ? context.ProxyRequest.Content?.Headers : context.ProxyRequest.Headers;

    internal static StringValues ToStringValues(HeaderStringValues values)
    {
        if (values.Count == 1) return values.ToString();
        var lines = new string[values.Count];
        var i = 0;
        foreach (var value in values) lines[i++] = value;
        return lines;
    }
}
