namespace Net2Secure.Routing.Integration.Http2;

/// <summary>How a request over HTTP/2 ended.</summary>
/// <param name="Status">The status of the answer, 0 without one.</param>
/// <param name="Reset">The error code of RST_STREAM.</param>
/// <param name="GoAway">The error code of GOAWAY.</param>
/// <param name="IsClosed">Whether the connection was closed without a word.</param>
internal sealed record Http2Outcome(int Status, int? Reset, int? GoAway, bool IsClosed)
{
    /// <summary>Whether this is a way to refuse a malformed request: 4xx, or an error that says whose fault it was.</summary>
    public bool IsRefusal => Status is >= 400 and < 500 || Reset == Http2Frame.ErrorCodes.Protocol || GoAway is > 0;
}
