using Net2Secure.Routing.Proxying.Tcp;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>What a line of a connection that was passed through is made of.</summary>
internal readonly struct ConnectionLogEntry(TcpSession session, DateTimeOffset time, TimeSpan elapsed)
{
    public TcpSession Session => session;

    public DateTimeOffset Time => time;

    public TimeSpan Elapsed => elapsed;

    public string? Client => session.Remote?.Address.ToString();

    public int Status => session.Ending?.Status ?? TcpEnding.InOrder;

    /// <summary>Whether it is one of those that are written whatever the sample.</summary>
    public bool HasFailed => Status >= 500;
}
