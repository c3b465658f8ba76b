using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying;

/// <summary>Changes the status and the fields of a response before they are sent to the client.</summary>
/// <remarks>One instance serves all requests of a route, many at once. Also called with no response when none came and the proxy answers itself.</remarks>
public abstract class ResponseTransform
{
    /// <summary>Makes the change. Return a completed task where nothing has to be waited for.</summary>
    public abstract ValueTask ApplyAsync(ResponseTransformContext context);

    /// <summary>The values of a field as they are now, which are removed; empty where there are none. Lines stay separate values.</summary>
    /// <remarks>Where the route copies no fields, and nobody set this one yet, the answer is what the destination sent.</remarks>
    public static StringValues TakeHeader(ResponseTransformContext context, string headerName)
    {
        ArgumentNullException.ThrowIfNull(context);
        var fields = context.HttpContext.Response.Headers;
        if (fields.TryGetValue(headerName, out var values))
        {
            fields.Remove(headerName);
            return values;
        }
        return context.HeadersCopied || context.ProxyResponse is null ? default : ReceivedFields.Find(context.ProxyResponse, headerName);
    }

    /// <summary>Adds values behind those that the field has already. Line breaks in a value become blanks.</summary>
    public static void AddHeader(ResponseTransformContext context, string headerName, StringValues values)
    {
        ArgumentNullException.ThrowIfNull(context);
        ReceivedFields.Append(context.HttpContext.Response.Headers, headerName, values);
    }

    /// <summary>Removes a field with all its values.</summary>
    public static void RemoveHeader(ResponseTransformContext context, string headerName)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.HttpContext.Response.Headers.Remove(headerName);
    }
}
