using System.Net;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Tcp;

internal static partial class TcpLog
{
    [LoggerMessage(4800, LogLevel.Information, "The port '{Name}' listens on {Endpoint} and passes connections through.", EventName = "TcpListening")]
    public static partial void Listening(ILogger logger, string name, EndPoint endpoint);

    [LoggerMessage(4801, LogLevel.Information, "The port '{Name}' takes no more connections on {Endpoint}; those that it has may finish.", EventName = "TcpClosed")]
    public static partial void Closed(ILogger logger, string name, EndPoint endpoint);

    [LoggerMessage(4802, LogLevel.Error, "The port '{Name}' cannot listen on {Address}: {Reason}. The others go on.", EventName = "TcpNotListening")]
    public static partial void NotListening(ILogger logger, string name, string address, string reason);

    [LoggerMessage(4803, LogLevel.Warning, "The port '{Name}' could not take a connection: {Reason}. It goes on after a moment.", EventName = "TcpAcceptFailed")]
    public static partial void AcceptFailed(ILogger logger, string name, string reason);

    [LoggerMessage(4804, LogLevel.Debug, "Port '{Name}': the connection from {Client} is closed: {Reason}.", EventName = "TcpRefused")]
    public static partial void Refused(ILogger logger, string name, EndPoint? client, string reason);

    [LoggerMessage(4805, LogLevel.Information, "Port '{Name}': no destination of cluster '{ClusterId}' could be connected to: {Reason}", EventName = "TcpNotConnected")]
    public static partial void NotConnected(ILogger logger, string name, string clusterId, string reason);

    [LoggerMessage(4806, LogLevel.Error, "Port '{Name}': a connection failed in the proxy itself.", EventName = "TcpFailed")]
    public static partial void Failed(ILogger logger, string name, Exception exception);
}
