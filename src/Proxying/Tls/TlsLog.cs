using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Tls;

internal static partial class TlsLog
{
    [LoggerMessage(4300, LogLevel.Warning, "The certificate '{Name}' ({Subject}) has expired on {NotAfter:u}. Clients will refuse it.", EventName = "CertificateExpired")]
    public static partial void Expired(ILogger logger, string name, string subject, DateTimeOffset notAfter);

    [LoggerMessage(4301, LogLevel.Warning, "The certificate '{Name}' ({Subject}) is valid from {NotBefore:u} on only. Clients will refuse it.", EventName = "CertificateNotYetValid")]
    public static partial void NotYetValid(ILogger logger, string name, string subject, DateTimeOffset notBefore);
}
