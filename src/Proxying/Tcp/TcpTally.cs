namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>What has gone through a port since it was opened. Thread-safe.</summary>
internal sealed class TcpTally
{
    private long _accepted;
    private long _refused;
    private long _failed;
    private long _received;
    private long _sent;

    /// <summary>Connections taken, whatever became of them.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Those closed before they had gone anywhere.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Those for which there was no destination, or that broke off.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Bytes from clients, of connections that are over.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Bytes to clients, of connections that are over.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public void Begin() => Interlocked.Increment(ref _accepted);

    public void End(TcpSession session)
    {
        if (session.Ending is { IsRefusal: true }) Interlocked.Increment(ref _refused);
        else if (session.Ending is { Status: >= 500 }) Interlocked.Increment(ref _failed);
        Interlocked.Add(ref _received, session.Received);
        Interlocked.Add(ref _sent, session.Sent);
    }
}
