namespace Net2Secure.Routing.Proxying;

/// <summary>Reads the transforms that tell a destination about the client.</summary>
internal sealed class ForwardedTransformFactory : ITransformFactory
{
    private static readonly string[] Parameters = ["for", "by", "proto", "host"];

    public IReadOnlyCollection<string> Keys { get; } = [TransformNames.XForwarded, TransformNames.Forwarded, TransformNames.ClientCert];

    public void Build(TransformBuilderContext context, TransformEntry entry)
    {
        switch (entry.Key)
        {
            case TransformNames.XForwarded: BuildXForwarded(context, entry); break;
            case TransformNames.Forwarded: BuildForwarded(context, entry); break;
            default:
                entry.Check(entry.Key, TransformFields.SetNameProblem(entry.Value));
                if (!entry.Failed) context.AddClientCertHeader(entry.Value);
                break;
        }
    }

    private static void BuildXForwarded(TransformBuilderContext context, TransformEntry entry)
    {
        var all = entry.FindChoice(entry.Key, ForwardedTransformActions.Set);
        var xFor = entry.FindChoice("For", all);
        var xProto = entry.FindChoice("Proto", all);
        var xHost = entry.FindChoice("Host", all);
        var xPrefix = entry.FindChoice("Prefix", all);
        var prefix = entry.Find("HeaderPrefix") ?? XForwardedTransform.DefaultPrefix;
        entry.Check("HeaderPrefix", TransformFields.NameProblem(prefix));
        if (!entry.Failed) context.Add(XForwardedTransform.ForPrefix(prefix, xFor, xHost, xProto, xPrefix));
    }

    private static void BuildForwarded(TransformBuilderContext context, TransformEntry entry)
    {
        var wanted = entry.Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        if (wanted.Length == 0) entry.Error(entry.Key, $"The list is empty. It takes {string.Join(", ", Parameters)}, with commas between them.");
        foreach (var name in wanted)
        {
            if (!Has(Parameters, name)) entry.Error(entry.Key, $"'{name}' is not one of {string.Join(", ", Parameters)}.{TransformEntry.Suggestion(name, Parameters)}");
        }
        var forFormat = Format(entry, wanted, "for", "ForFormat");
        var byFormat = Format(entry, wanted, "by", "ByFormat");
        var action = entry.FindChoice("Action", ForwardedTransformActions.Set);
        if (!entry.Failed) context.AddForwarded(Has(wanted, "host"), Has(wanted, "proto"), forFormat, byFormat, action);
    }

    private static NodeFormat Format(TransformEntry entry, string[] wanted, string parameter, string key)
    {
        if (Has(wanted, parameter)) return entry.FindChoice(key, NodeFormat.Random);
        if (entry.Find(key) is not null) entry.Error(key, $"{key} says how '{parameter}' is written, which is not in the list of Forwarded.");
        return NodeFormat.None;
    }

    private static bool Has(string[] names, string name) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
