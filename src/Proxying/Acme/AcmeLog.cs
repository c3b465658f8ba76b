using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Acme;

internal static partial class AcmeLog
{
    [LoggerMessage(4320, LogLevel.Information, "A certificate for {Host} has been issued by {Directory} and serves.", EventName = "CertificateIssued")]
    public static partial void Issued(ILogger logger, string host, Uri directory);

    [LoggerMessage(4321, LogLevel.Error, "No certificate for {Host} could be had from {Directory}; what there is goes on serving, and it is tried again in {Delay}. {Reason}", EventName = "CertificateNotIssued")]
    public static partial void Failed(ILogger logger, string host, Uri directory, TimeSpan delay, string reason);

    [LoggerMessage(4322, LogLevel.Debug, "Certificates are due, and another replica is about to order them.", EventName = "CertificatesOrderedElsewhere")]
    public static partial void Waiting(ILogger logger);

    [LoggerMessage(4323, LogLevel.Error, "The look after certificates of the authority failed; it is made again.", EventName = "CertificateRoundFailed")]
    public static partial void RoundFailed(ILogger logger, Exception exception);
}
