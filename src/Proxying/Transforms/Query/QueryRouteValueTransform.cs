namespace Net2Secure.Routing.Proxying;

/// <summary>Sets or appends a query parameter with a route value; without a value it leaves the query alone.</summary>
internal sealed class QueryRouteValueTransform(string name, RouteValueSource source, bool append) : RequestTransform
{
    private readonly string _name = EscapedQuery.Escape(name);

    internal override bool KeepsReceivedFields => true;

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var value = source.Escaped(context, keepSlashes: true);
        if (value is null) return default;
        var pair = $"{_name}={EscapedQuery.FromPath(value)}";
        context.Query = append ? EscapedQuery.Append(context.Query, pair) : EscapedQuery.Set(context.Query, name, pair);
        return default;
    }
}
