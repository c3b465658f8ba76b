using Net2Secure.Routing.Proxying.Forwarding;

namespace Net2Secure.Routing.Proxying;

/// <summary>Copies the fields of a list from the destination's response, where the route copies none by itself.</summary>
internal sealed class ResponseFieldsAllowedTransform(IEnumerable<string> names) : ResponseTransform
{
    private readonly string[] _names = [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];

    public override ValueTask ApplyAsync(ResponseTransformContext context)
    {
        context.HeadersCopied = true;
        if (context.ProxyResponse is not { } response) return default;
        var connection = ReceivedFields.Find(response.Headers, "Connection");
        var target = context.HttpContext.Response.Headers;
        foreach (var name in _names)
        {
            // The forwarder frames the body and may have set its length already.
            if (HopByHopFields.IsNamedBy(connection, name) || target.ContainsKey(name)) continue;
            ReceivedFields.Append(target, name, ReceivedFields.Find(response, name));
        }
        return default;
    }
}

/// <summary>Notes that the route copies no fields, so that a transform that wants to keep one takes the destination's.</summary>
internal sealed class ResponseFieldsNotCopiedTransform : ResponseTransform
{
    public static readonly ResponseFieldsNotCopiedTransform Instance = new();

    public override ValueTask ApplyAsync(ResponseTransformContext context)
    {
        context.HeadersCopied = false;
        return default;
    }
}
