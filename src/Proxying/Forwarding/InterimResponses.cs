using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Passes interim responses on (RFC 9110 §15.2): 102, 103 and unknown ones, to clients of HTTP/1.1.</summary>
/// <remarks>
/// The server has no way to send them, so they are written beside it, onto the connection's output. That is safe where nothing else can write at that moment: before the
/// response begins, on HTTP/1.1, when the server owes the client no 100. A 100 from the destination is not passed on: the server sends its own as soon as the body is asked for.
/// HTTP/2 and HTTP/3 clients do not get them: their frames are the server's alone.
/// </remarks>
internal static class InterimResponses
{
    // RFC 8297; the server's table of reason phrases does not know it.
    private const int EarlyHints = 103;

    public static void Attach(ForwardedRequestMessage request)
    {
        var incoming = request.Context.Request;
        if (incoming.Protocol == "HTTP/1.1" && incoming.Headers.Expect.Count == 0) request.OnInterimResponse = SendAsync;
    }

    private static async ValueTask SendAsync(RoutedRequestMessage request, InterimResponse interim, CancellationToken cancellationToken)
    {
        var context = ((ForwardedRequestMessage)request).Context;
        if (interim.StatusCode == StatusCodes.Status100Continue || context.Response.HasStarted) return;
        var output = context.Features.Get<IConnectionTransportFeature>()?.Transport?.Output;
        if (output is null) return;
        Write(output, interim);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void Write(PipeWriter output, in InterimResponse interim)
    {
        var head = new StringBuilder("HTTP/1.1 ", 256);
        head.Append(interim.StatusCode.ToString(CultureInfo.InvariantCulture)).Append(' ').Append(interim.StatusCode == EarlyHints ? "Early Hints" : ReasonPhrases.GetReasonPhrase(interim.StatusCode)).Append("\r\n");
        var connection = ResponseHeaderCopier.ConnectionOptions(interim.Headers.NonValidated);
        foreach (var (name, values) in interim.Headers.NonValidated)
        {
            if (HopByHopFields.IsHopByHop(name) || (connection.Count > 0 && HopByHopFields.IsNamedBy(connection, name))) continue;
            foreach (var value in values)
            {
                if (value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0) head.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }

        head.Append("\r\n");
        foreach (var chunk in head.GetChunks()) Encoding.Latin1.GetBytes(chunk.Span, output);
    }
}
