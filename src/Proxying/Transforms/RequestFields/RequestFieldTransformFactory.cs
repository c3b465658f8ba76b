namespace Net2Secure.Routing.Proxying;

/// <summary>Reads the transforms of request fields.</summary>
internal sealed class RequestFieldTransformFactory : ITransformFactory
{
    public IReadOnlyCollection<string> Keys { get; } =
    [
        TransformNames.RequestHeadersCopy, TransformNames.RequestHeaderOriginalHost, TransformNames.RequestHeader,
        TransformNames.RequestHeaderRouteValue, TransformNames.RequestHeaderRemove, TransformNames.RequestHeadersAllowed,
    ];

    public void Build(TransformBuilderContext context, TransformEntry entry)
    {
        switch (entry.Key)
        {
            case TransformNames.RequestHeadersCopy: context.CopyRequestHeaders = entry.ReadFlag(); break;
            case TransformNames.RequestHeaderOriginalHost: context.UseOriginalHost = entry.ReadFlag(); break;
            case TransformNames.RequestHeader: BuildValue(context, entry); break;
            case TransformNames.RequestHeaderRouteValue: BuildRouteValue(context, entry); break;
            case TransformNames.RequestHeaderRemove: BuildRemove(context, entry); break;
            default: FieldListReader.Read(entry, TransformFields.AllowedNameProblem, context.AllowedRequestFields); break;
        }
    }

    private static void BuildValue(TransformBuilderContext context, TransformEntry entry)
    {
        entry.Check(entry.Key, TransformFields.SetNameProblem(entry.Value));
        var value = entry.ReadSetOrAppend(out var append);
        entry.Check(append ? "Append" : "Set", RequestFieldTransformExtensions.AppendProblem(entry.Value, value, append) ?? TransformFields.ValueProblem(value));
        if (!entry.Failed) context.AddRequestHeader(entry.Value, value, append);
    }

    private static void BuildRouteValue(TransformBuilderContext context, TransformEntry entry)
    {
        entry.Check(entry.Key, TransformFields.SetNameProblem(entry.Value));
        var value = entry.ReadSetOrAppend(out var append);
        if (!entry.Failed && value.Length == 0) entry.Error(append ? "Append" : "Set", "The name of the route value is empty.");
        if (!entry.Failed) context.AddRequestHeaderRouteValue(entry.Value, value, append);
    }

    private static void BuildRemove(TransformBuilderContext context, TransformEntry entry)
    {
        entry.Check(entry.Key, TransformFields.NameProblem(entry.Value));
        if (!entry.Failed) context.AddRequestHeaderRemove(entry.Value);
    }
}
