using System.Security.Cryptography;
using System.Text;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>The two fields by which both sides of a WebSocket prove that they mean it (RFC 6455 §1.3), needed where one side has them and the other, on HTTP/2, has not.</summary>
internal static class WebSocketHandshake
{
    /// <summary>A fresh <c>Sec-WebSocket-Key</c>.</summary>
    public static string CreateKey()
    {
        Span<byte> nonce = stackalloc byte[16];
        RandomNumberGenerator.Fill(nonce);
        return Convert.ToBase64String(nonce);
    }

    /// <summary>The <c>Sec-WebSocket-Accept</c> that answers a key.</summary>
    public static string Accept(string key)
    {
        // SHA-1 is what the protocol says; nothing secret depends on it.
#pragma warning disable CA5350
        return Convert.ToBase64String(SHA1.HashData(Encoding.Latin1.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }
}
