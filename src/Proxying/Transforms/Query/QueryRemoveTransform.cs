namespace Net2Secure.Routing.Proxying;

/// <summary>Removes each query parameter of a name.</summary>
internal sealed class QueryRemoveTransform(string name) : RequestTransform
{
    internal override bool KeepsReceivedFields => true;

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        context.Query = EscapedQuery.Remove(context.Query, name);
        return default;
    }
}
