using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Tls;

internal static partial class TlsLog
{
    [LoggerMessage(4300, LogLevel.Error, "The certificate '{Name}' ({Subject}) has expired on {NotAfter:u}. Clients will refuse it.", EventName = "CertificateExpired")]
    public static partial void Expired(ILogger logger, string name, string subject, DateTimeOffset notAfter);

    [LoggerMessage(4301, LogLevel.Warning, "The certificate '{Name}' ({Subject}) is valid from {NotBefore:u} on only. Clients will refuse it.", EventName = "CertificateNotYetValid")]
    public static partial void NotYetValid(ILogger logger, string name, string subject, DateTimeOffset notBefore);

    [LoggerMessage(4302, LogLevel.Warning, "The certificate '{Name}' ({Subject}) expires on {NotAfter:u}, in {Days} days. Put a new one in its place; it is taken without a restart.", EventName = "CertificateExpiresSoon")]
    public static partial void ExpiresSoon(ILogger logger, string name, string subject, DateTimeOffset notAfter, int days);

    [LoggerMessage(4303, LogLevel.Information, "The certificate '{Name}' ({Subject}, until {NotAfter:u}) has been read from its changed files and serves.", EventName = "CertificateReplaced")]
    public static partial void Replaced(ILogger logger, string name, string subject, DateTimeOffset notAfter);

    [LoggerMessage(4304, LogLevel.Error, "What is there now for '{Name}' is of no use, and what was there before goes on serving. {Errors}", EventName = "CertificateRefused")]
    public static partial void Refused(ILogger logger, string name, string errors);

    [LoggerMessage(4305, LogLevel.Error, "The look after the files of certificates failed; they are looked at again.", EventName = "CertificateLookFailed")]
    public static partial void LookFailed(ILogger logger, Exception exception);

    [LoggerMessage(4306, LogLevel.Debug, "Connection {ConnectionId} is refused: there is no certificate for '{ServerName}'.", EventName = "ServerNameRefused")]
    public static partial void NameRefused(ILogger logger, string connectionId, string? serverName);

    [LoggerMessage(4307, LogLevel.Warning, "HttpsRedirect has no effect: the host has no https URL. Add one, or set HttpsPort to the port where clients find it.", EventName = "HttpsRedirectWithoutUrl")]
    public static partial void NoHttpsUrl(ILogger logger);

    [LoggerMessage(4308, LogLevel.Debug, "A client is refused: its certificate '{Subject}' (serial number {SerialNumber}) cannot be taken, because {Reason}.", EventName = "ClientCertificateRefused")]
    public static partial void ClientCertificateRefused(ILogger logger, string subject, string serialNumber, string reason);

    [LoggerMessage(4309, LogLevel.Error, "The list of revoked certificates of '{Issuer}' has run out on {NextUpdate:u}: clients with certificates of this authority are refused. Put a new list in its place; it is taken without a restart.", EventName = "RevocationListExpired")]
    public static partial void ListExpired(ILogger logger, string issuer, DateTimeOffset nextUpdate);
}
