using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Net2Secure.Routing.Proxying;

/// <summary>Writes the answer to a request that the server never saw: problem details (RFC 9457) and the end of the connection.</summary>
internal static class RefusalWriter
{
    private const int MaxLength = 1024;

    /// <summary>Writes a whole response, not flushed.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="verdict">Why; its detail is a constant without characters that JSON would escape.</param>
    /// <param name="isHead">Whether the request is known to be a HEAD, so that no body may follow (RFC 9110 §9.3.2).</param>
    /// <param name="now">For <c>Date</c>.</param>
    internal static void Write(IBufferWriter<byte> output, RequestVerdict verdict, bool isHead, DateTimeOffset now)
    {
        var reason = ReasonPhrases.GetReasonPhrase(verdict.StatusCode);
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"type":"about:blank","title":"{{reason}}","status":{{verdict.StatusCode}},"detail":"{{verdict.Detail}}"}""");
        // RFC 9110 §15.5.6: 405 tells which methods are allowed.
        var allow = verdict.StatusCode == 405 ? "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n" : "";
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {verdict.StatusCode} {reason}\r\nDate: {now:R}\r\nContent-Type: application/problem+json\r\nContent-Length: {body.Length}\r\nCache-Control: no-store\r\n{allow}Connection: close\r\n\r\n");
        var span = output.GetSpan(MaxLength);
        var length = Encoding.ASCII.GetBytes(head, span);
        if (!isHead)
            length += Encoding.ASCII.GetBytes(body, span[length..]);
        output.Advance(length);
    }
}
