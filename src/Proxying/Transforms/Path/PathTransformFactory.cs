namespace Net2Secure.Routing.Proxying;

/// <summary>Reads the transforms of the path.</summary>
internal sealed class PathTransformFactory : ITransformFactory
{
    public IReadOnlyCollection<string> Keys { get; } =
        [TransformNames.PathPrefix, TransformNames.PathRemovePrefix, TransformNames.PathSet, TransformNames.PathPattern];

    public void Build(TransformBuilderContext context, TransformEntry entry)
    {
        entry.Check(entry.Key, entry.Key == TransformNames.PathPattern ? PathPatternTransform.Problem(entry.Value) : EscapedPath.Problem(entry.Value));
        if (entry.Failed) return;
        switch (entry.Key)
        {
            case TransformNames.PathPrefix: context.AddPathPrefix(entry.Value); break;
            case TransformNames.PathRemovePrefix: context.AddPathRemovePrefix(entry.Value); break;
            case TransformNames.PathSet: context.AddPathSet(entry.Value); break;
            default: context.AddPathRouteValues(entry.Value); break;
        }
    }
}
