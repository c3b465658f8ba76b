using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying;

/// <summary>Changes the trailer fields of a response (RFC 9110 §6.5).</summary>
/// <remarks>One instance serves all requests of a route, many at once. Called only where trailers can be sent to the client.</remarks>
public abstract class ResponseTrailersTransform
{
    /// <summary>Makes the change. Return a completed task where nothing has to be waited for.</summary>
    public abstract ValueTask ApplyAsync(ResponseTrailersTransformContext context);

    /// <summary>The values of a field as they are now, which are removed; empty where there are none.</summary>
    /// <remarks>Where the route copies no trailer fields, and nobody set this one yet, the answer is what the destination sent.</remarks>
    public static StringValues TakeHeader(ResponseTrailersTransformContext context, string headerName)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Trailers.TryGetValue(headerName, out var values))
        {
            context.Trailers.Remove(headerName);
            return values;
        }
        return context.HeadersCopied ? default : ReceivedFields.Find(context.ProxyResponse.TrailingHeaders, headerName);
    }

    /// <summary>Adds values behind those that the field has already. Line breaks in a value become blanks.</summary>
    public static void AddHeader(ResponseTrailersTransformContext context, string headerName, StringValues values)
    {
        ArgumentNullException.ThrowIfNull(context);
        ReceivedFields.Append(context.Trailers, headerName, values);
    }

    /// <summary>Removes a field with all its values.</summary>
    public static void RemoveHeader(ResponseTrailersTransformContext context, string headerName)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Trailers.Remove(headerName);
    }
}
