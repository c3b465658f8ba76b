using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads the transform of the method.</summary>
internal sealed class HttpMethodTransformFactory : ITransformFactory
{
    public IReadOnlyCollection<string> Keys { get; } = [TransformNames.HttpMethodChange];

    public void Build(TransformBuilderContext context, TransformEntry entry)
    {
        var to = entry.Find("Set");
        entry.Check(entry.Key, Problem(entry.Value));
        if (to is null) entry.Error(entry.Key, "HttpMethodChange needs Set beside it, with the new method.");
        else entry.Check("Set", Problem(to));
        if (!entry.Failed) context.AddHttpMethodChange(entry.Value, to!);
    }

    /// <summary>What is wrong with a method; <see langword="null"/> when nothing is.</summary>
    public static string? Problem(string method)
    {
        if (!TokenSyntax.IsToken(method)) return $"'{method}' is no method: letters, digits and !#$%&'*+-.^_`|~ (RFC 9110 §9.1).";
        return HttpMethods.IsConnect(method) ? "CONNECT makes a tunnel and is never forwarded." : null;
    }
}
