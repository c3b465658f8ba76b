namespace Net2Secure.Routing.Proxying;

/// <summary>Reads the transforms of the query.</summary>
internal sealed class QueryTransformFactory : ITransformFactory
{
    public IReadOnlyCollection<string> Keys { get; } =
        [TransformNames.QueryValueParameter, TransformNames.QueryRouteParameter, TransformNames.QueryRemoveParameter];

    public void Build(TransformBuilderContext context, TransformEntry entry)
    {
        if (entry.Value.Length == 0) entry.Error(entry.Key, "The name of the parameter is empty.");
        if (entry.Key == TransformNames.QueryRemoveParameter)
        {
            if (!entry.Failed) context.AddQueryRemoveKey(entry.Value);
            return;
        }
        var value = entry.ReadSetOrAppend(out var append);
        if (entry.Key == TransformNames.QueryRouteParameter && value.Length == 0 && !entry.Failed)
        {
            entry.Error(append ? "Append" : "Set", "The name of the route value is empty.");
        }
        if (entry.Failed) return;
        if (entry.Key == TransformNames.QueryValueParameter) context.AddQueryValue(entry.Value, value, append);
        else context.AddQueryRouteValue(entry.Value, value, append);
    }
}
