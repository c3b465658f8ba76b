using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace Net2Secure.Routing.Proxying;

/// <summary>Hands on the certificate that the client showed, in Base64; what a client sent under that name is dropped in any case.</summary>
internal sealed class ClientCertTransform(string name) : RequestTransform
{
    // A connection keeps its certificate object, so the text is made once for all its requests.
    private static readonly ConditionalWeakTable<X509Certificate2, string> Texts = [];

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        RemoveHeader(context, name);
        if (context.HttpContext.Connection.ClientCertificate is { } certificate)
        {
            AddHeader(context, name, Texts.GetValue(certificate, static key => Convert.ToBase64String(key.RawData)));
        }
        return default;
    }
}
