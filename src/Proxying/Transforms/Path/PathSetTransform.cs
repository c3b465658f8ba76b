namespace Net2Secure.Routing.Proxying;

/// <summary>Replaces the path.</summary>
internal sealed class PathSetTransform(string path) : RequestTransform
{
    private readonly string _path = EscapedPath.FromConfigured(path);

    internal override bool KeepsReceivedFields => true;

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.Path != "*") context.Path = _path;
        return default;
    }
}
