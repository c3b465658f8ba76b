namespace Net2Secure.Routing.Proxying;

/// <summary>Copies the trailer fields of a list, where the route copies none by itself.</summary>
internal sealed class ResponseTrailersAllowedTransform(IEnumerable<string> names) : ResponseTrailersTransform
{
    private readonly string[] _names = [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];

    public override ValueTask ApplyAsync(ResponseTrailersTransformContext context)
    {
        context.HeadersCopied = true;
        foreach (var name in _names) ReceivedFields.Append(context.Trailers, name, ReceivedFields.Find(context.ProxyResponse.TrailingHeaders, name));
        return default;
    }
}

/// <summary>Notes that the route copies no trailer fields, so that a transform that wants to keep one takes the destination's.</summary>
internal sealed class ResponseTrailersNotCopiedTransform : ResponseTrailersTransform
{
    public static readonly ResponseTrailersNotCopiedTransform Instance = new();

    public override ValueTask ApplyAsync(ResponseTrailersTransformContext context)
    {
        context.HeadersCopied = false;
        return default;
    }
}
