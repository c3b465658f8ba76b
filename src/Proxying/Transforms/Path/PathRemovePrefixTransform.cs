namespace Net2Secure.Routing.Proxying;

/// <summary>Takes whole segments off the front of the path, where they are there.</summary>
internal sealed class PathRemovePrefixTransform(string prefix) : RequestTransform
{
    private readonly string _prefix = EscapedPath.FromConfigured(prefix).TrimEnd('/');

    internal override bool KeepsReceivedFields => true;

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var path = context.Path;
        var length = EscapedPath.MatchSegments(path, _prefix);
        if (length > 0) context.Path = length == path.Length ? "/" : path[length..];
        return default;
    }
}
