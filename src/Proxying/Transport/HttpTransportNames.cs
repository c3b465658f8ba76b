namespace Net2Secure.Routing.Proxying;

/// <summary>What can send requests over HTTP/1.1. HTTP/2 and HTTP/3 are always sent by <see cref="SocketsHttpHandler"/>.</summary>
public static class HttpTransportNames
{
    /// <summary><see cref="Http1Handler"/>: cheaper, exact about bytes and about what reached a destination, and able to pass on trailers, interim responses and early responses.</summary>
    public const string Net2 = "Net2";

    /// <summary>The platform's <see cref="System.Net.Http.SocketsHttpHandler"/>: to compare, or where something of its own is wanted.</summary>
    public const string SocketsHttpHandler = "SocketsHttpHandler";

    /// <summary>All of them.</summary>
    internal static string[] All { get; } = [Net2, SocketsHttpHandler];
}
