namespace Net2Secure.Routing.Proxying;

/// <summary>Sets or appends a query parameter with a fixed value.</summary>
internal sealed class QueryValueTransform(string name, string value, bool append) : RequestTransform
{
    private readonly string _pair = $"{EscapedQuery.Escape(name)}={EscapedQuery.Escape(value)}";

    internal override bool KeepsReceivedFields => true;

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        context.Query = append ? EscapedQuery.Append(context.Query, _pair) : EscapedQuery.Set(context.Query, name, _pair);
        return default;
    }
}
