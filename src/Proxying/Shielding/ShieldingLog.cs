using System.Net;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.Shielding;

internal static partial class ShieldingLog
{
    [LoggerMessage(4710, LogLevel.Debug, "Connection {ConnectionId} from {Address} is closed: its network may not come.")]
    public static partial void ConnectionDenied(ILogger logger, string connectionId, IPAddress? address);

    [LoggerMessage(4711, LogLevel.Debug, "Connection {ConnectionId} from {Address} is closed: the address has {Most} open already.")]
    public static partial void TooManyConnections(ILogger logger, string connectionId, IPAddress? address, int most);

    [LoggerMessage(4712, LogLevel.Information, "Connection {ConnectionId} from the trusted proxy {Address} is closed: {Problem}.")]
    public static partial void ProxyHeaderRefused(ILogger logger, string connectionId, IPAddress? address, string problem);

    [LoggerMessage(4713, LogLevel.Warning, "Unsafe: {Path} {Finding}")]
    public static partial void Unsafe(ILogger logger, string path, string finding);
}
