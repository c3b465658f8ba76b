using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>The certificate of the client as a field of its requests (RFC 9440), which nobody but the end of the TLS connection may set.</summary>
internal static class ClientCertField
{
    private const string Name = "Client-Cert";
    private const string ChainName = "Client-Cert-Chain";

    // A connection keeps its certificate object, so the text is made once for all its requests.
    private static readonly ConditionalWeakTable<X509Certificate2, string> Texts = [];

    /// <summary>Removes what a client has put there (RFC 9440 §2.4).</summary>
    public static void Remove(IHeaderDictionary fields)
    {
        fields.Remove(Name);
        fields.Remove(ChainName);
    }

    /// <summary>Sets the field, where the client has shown a certificate.</summary>
    public static void Set(HttpContext context)
    {
        if (context.Connection.ClientCertificate is not { } certificate) return;
        // A byte sequence of structured fields (RFC 9651 §3.3.5).
        context.Request.Headers[Name] = Texts.GetValue(certificate, static key => $":{Convert.ToBase64String(key.RawData)}:");
    }
}
