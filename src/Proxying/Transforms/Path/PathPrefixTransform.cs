namespace Net2Secure.Routing.Proxying;

/// <summary>Puts a path in front of what the client asked for.</summary>
internal sealed class PathPrefixTransform(string prefix) : RequestTransform
{
    // Without its last slash: the path that follows brings one.
    private readonly string _prefix = EscapedPath.FromConfigured(prefix).TrimEnd('/');

    internal override bool KeepsReceivedFields => true;

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.Path != "*") context.Path = _prefix + context.Path;
        return default;
    }
}
