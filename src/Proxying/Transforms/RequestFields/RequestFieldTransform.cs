namespace Net2Secure.Routing.Proxying;

/// <summary>Sets, appends or removes a request field.</summary>
/// <param name="name">The field.</param>
/// <param name="value">The value; empty to remove the field.</param>
/// <param name="append">Whether values of the field are kept.</param>
internal sealed class RequestFieldTransform(string name, string value, bool append) : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        // Only where the route copies no fields does the client's value have to be fetched; else it is there to be appended to.
        if (append && !context.HeadersCopied) AddHeader(context, name, TakeHeader(context, name));
        if (!append) RemoveHeader(context, name);
        if (value.Length > 0) AddHeader(context, name, value);
        return default;
    }
}
