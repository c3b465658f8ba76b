namespace Net2Secure.Routing.Proxying.Transport;

/// <summary>What a response body stream of ours can tell beyond its bytes, so that whoever forwards it flushes neither too often nor too late.</summary>
internal interface IResponseBodyProgress
{
    /// <summary>Whether all bytes have been handed out and the end of the body has been seen.</summary>
    bool IsEnded { get; }

    /// <summary>Hands out bytes of the body that have come already, without asking the network.</summary>
    /// <returns>How many; 0 when there are none, whatever may have come of the framing.</returns>
    int TakeBuffered(Span<byte> target);
}
