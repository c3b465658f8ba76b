namespace Net2Secure.Routing.Proxying;

/// <summary>Sets, appends or removes a trailer field.</summary>
/// <param name="name">The field.</param>
/// <param name="value">The value; empty to remove the field.</param>
/// <param name="append">Whether values of the field are kept.</param>
/// <param name="condition">Which responses are changed.</param>
internal sealed class ResponseTrailerTransform(string name, string value, bool append, ResponseCondition condition) : ResponseTrailersTransform
{
    public override ValueTask ApplyAsync(ResponseTrailersTransformContext context)
    {
        if (!condition.Holds(context.HttpContext)) return default;
        if (append && !context.HeadersCopied) AddHeader(context, name, TakeHeader(context, name));
        if (!append) RemoveHeader(context, name);
        if (value.Length > 0) AddHeader(context, name, value);
        return default;
    }
}
