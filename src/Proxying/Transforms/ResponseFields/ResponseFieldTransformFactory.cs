namespace Net2Secure.Routing.Proxying;

/// <summary>Reads the transforms of response and trailer fields.</summary>
internal sealed class ResponseFieldTransformFactory : ITransformFactory
{
    public IReadOnlyCollection<string> Keys { get; } =
    [
        TransformNames.ResponseHeadersCopy, TransformNames.ResponseHeader, TransformNames.ResponseHeaderRemove, TransformNames.ResponseHeadersAllowed,
        TransformNames.ResponseTrailersCopy, TransformNames.ResponseTrailer, TransformNames.ResponseTrailerRemove, TransformNames.ResponseTrailersAllowed,
    ];

    public void Build(TransformBuilderContext context, TransformEntry entry)
    {
        switch (entry.Key)
        {
            case TransformNames.ResponseHeadersCopy: context.CopyResponseHeaders = entry.ReadFlag(); break;
            case TransformNames.ResponseTrailersCopy: context.CopyResponseTrailers = entry.ReadFlag(); break;
            case TransformNames.ResponseHeadersAllowed: FieldListReader.Read(entry, TransformFields.AllowedNameProblem, context.AllowedResponseFields); break;
            case TransformNames.ResponseTrailersAllowed: FieldListReader.Read(entry, TransformFields.TrailerNameProblem, context.AllowedTrailerFields); break;
            case TransformNames.ResponseHeaderRemove or TransformNames.ResponseTrailerRemove: BuildRemove(context, entry); break;
            default: BuildValue(context, entry); break;
        }
    }

    private static void BuildValue(TransformBuilderContext context, TransformEntry entry)
    {
        var isTrailer = entry.Key == TransformNames.ResponseTrailer;
        entry.Check(entry.Key, isTrailer ? TransformFields.TrailerNameProblem(entry.Value) : TransformFields.SetNameProblem(entry.Value));
        var value = entry.ReadSetOrAppend(out var append);
        entry.Check(append ? "Append" : "Set", append && value.Length == 0 && !entry.Failed ? "An empty value appends nothing." : TransformFields.ValueProblem(value));
        var condition = entry.FindChoice("When", ResponseCondition.Success);
        if (entry.Failed) return;
        if (isTrailer) context.AddResponseTrailer(entry.Value, value, append, condition);
        else context.AddResponseHeader(entry.Value, value, append, condition);
    }

    private static void BuildRemove(TransformBuilderContext context, TransformEntry entry)
    {
        entry.Check(entry.Key, TransformFields.NameProblem(entry.Value));
        var condition = entry.FindChoice("When", ResponseCondition.Success);
        if (entry.Failed) return;
        if (entry.Key == TransformNames.ResponseTrailerRemove) context.AddResponseTrailerRemove(entry.Value, condition);
        else context.AddResponseHeaderRemove(entry.Value, condition);
    }
}
