namespace Net2Secure.Routing.Proxying;

/// <summary>Turns one method into another.</summary>
internal sealed class HttpMethodChangeTransform(string from, string to) : RequestTransform
{
    private readonly HttpMethod _to = HttpMethod.Parse(to);

    // Methods are case-sensitive (RFC 9110 §9.1), so what the client sent has to be exactly this one.
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.ProxyRequest.Method.Method == from) context.ProxyRequest.Method = _to;
        return default;
    }
}
