namespace Net2Secure.Routing.Integration.Wire;

/// <summary>Answers that origins give where nothing about them matters but that they are in order.</summary>
internal static class Answers
{
    public const string Empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    public const string Hi = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    public const string ChunkedHi = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";

    public const string Switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
}
