using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>The lists of revoked certificates that count for some clients. Thread-safe.</summary>
/// <remarks>
/// Where there are lists, every certificate below the authority at the end of the chain has to be covered by one that still holds: what nobody has an up-to-date word on is refused, as other servers do. A list that has run out says
/// nothing any more of who was revoked since.
/// </remarks>
internal sealed class RevocationLists(IReadOnlyList<RevocationList> lists, TimeProvider time, ILogger logger)
{
    public IReadOnlyList<RevocationList> All => lists;

    /// <summary>Whether a chain that is valid otherwise may be taken.</summary>
    public bool Allow(X509Chain? chain)
    {
        var elements = chain?.ChainElements;
        for (var i = 0; i + 1 < elements?.Count; i++)
        {
            var certificate = elements[i].Certificate;
            if (ProblemOf(certificate, elements[i + 1].Certificate) is not { } problem) continue;
            TlsLog.ClientCertificateRefused(logger, certificate.Subject, certificate.SerialNumber, problem);
            return false;
        }

        return elements is { Count: > 0 };
    }

    private string? ProblemOf(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        var isKnown = false;
        var holds = false;
        foreach (var list in lists)
        {
            if (!list.IsFor(issuer)) continue;
            // A list that has run out can still say who was revoked.
            if (list.Holds(certificate)) return "it is revoked";
            isKnown = true;
            holds |= list.NextUpdate is null || list.NextUpdate > time.GetUtcNow();
        }

        return holds ? null : isKnown ? $"the list of '{issuer.Subject}' has run out" : $"there is no list of '{issuer.Subject}'";
    }
}
