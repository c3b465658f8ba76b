using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Warns of certificates that end soon, have ended, or have not begun, and of lists of revoked ones that have run out: when they begin to serve, and each day.</summary>
internal sealed class ExpiryWatch(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromDays(1);

    // A certificate that lives for a week is renewed days before its end, not a fortnight.
    private const int LastShare = 3;

    private readonly Dictionary<ServedCertificate, DateTimeOffset> _told = [];
    private readonly Dictionary<RevocationList, DateTimeOffset> _toldLists = [];

    public void Look(IReadOnlyList<ServedCertificate> certificates, TimeSpan warning)
    {
        var now = time.GetUtcNow();
        foreach (var certificate in certificates)
        {
            if (_told.TryGetValue(certificate, out var told) && now - told < Period) continue;
            if (Tell(certificate, now, warning)) _told[certificate] = now;
        }

        foreach (var gone in _told.Keys.Except(certificates).ToList()) _told.Remove(gone);
    }

    /// <summary>Tells of lists of revoked certificates that have run out.</summary>
    public void Look(IReadOnlyList<RevocationList> lists)
    {
        var now = time.GetUtcNow();
        foreach (var list in lists)
        {
            if (!(list.NextUpdate < now) || (_toldLists.TryGetValue(list, out var told) && now - told < Period)) continue;
            TlsLog.ListExpired(logger, list.Issuer, list.NextUpdate.Value);
            _toldLists[list] = now;
        }

        foreach (var gone in _toldLists.Keys.Except(lists).ToList()) _toldLists.Remove(gone);
    }

    private bool Tell(ServedCertificate certificate, DateTimeOffset now, TimeSpan warning)
    {
        var share = (certificate.NotAfter - certificate.NotBefore) / LastShare;
        if (certificate.NotAfter < now) TlsLog.Expired(logger, certificate.Name, certificate.Subject, certificate.NotAfter);
        else if (certificate.NotBefore > now) TlsLog.NotYetValid(logger, certificate.Name, certificate.Subject, certificate.NotBefore);
        else if (certificate.NotAfter - now < (warning < share ? warning : share)) TlsLog.ExpiresSoon(logger, certificate.Name, certificate.Subject, certificate.NotAfter, (int)(certificate.NotAfter - now).TotalDays);
        else return false;
        return true;
    }
}
