using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>When a host's certificate is ordered.</summary>
internal static class AcmeSchedule
{
    private const double RenewAt = 2.0 / 3;
    private const double Spread = 1.0 / 20;
    private const int Growth = 3;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(6);

    /// <summary>When it is renewed: after two thirds of its life, or up to a twentieth earlier, so that certificates that began together do not end together; always the same for one certificate.</summary>
    public static DateTimeOffset RenewalOf(X509Certificate2 certificate)
    {
        var begin = new DateTimeOffset(certificate.NotBefore);
        var life = new DateTimeOffset(certificate.NotAfter) - begin;
        var hash = certificate.GetCertHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        var share = ((hash[0] << 8) | hash[1]) / 65536.0;
        return begin + (life * (RenewAt - (Spread * share)));
    }

    /// <summary>How long to wait after so many failures in a row: 1 min, 3 min, 9 min … 6 h, a fifth more or less.</summary>
    /// <remarks>An authority counts failed validations, some five an hour (Let's Encrypt); the steps stay below.</remarks>
    public static TimeSpan DelayAfter(int failures, RandomSource random)
    {
        var delay = FirstDelay;
        for (var i = 1; i < failures && delay < LongestDelay; i++) delay *= Growth;
        return (delay < LongestDelay ? delay : LongestDelay) * (0.8 + (0.4 * random.NextDouble()));
    }
}
