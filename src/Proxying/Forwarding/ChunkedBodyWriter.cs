using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Writes the chunked coding (RFC 9112 §7.1) by hand, since the server's own, over HTTP/1.1, has no place for trailer fields.</summary>
/// <remarks>
/// Used for responses without a length to clients of HTTP/1.1, where the body goes straight to the server: middleware that changes the body must not see the framing.
/// The bytes of a chunk are read right behind room left for its size, which is why sizes are written with leading zeros. Not thread-safe.
/// </remarks>
internal sealed class ChunkedBodyWriter : PipeWriter
{
    private const int SizeDigits = 4;
    private const int PrefixLength = SizeDigits + 2;
    private const int LargestChunk = 0xFFFF;
    private readonly PipeWriter _output;
    private Memory<byte> _room;

    private ChunkedBodyWriter(PipeWriter output) => _output = output;

    /// <summary>The trailer fields to be sent behind the body.</summary>
    public IHeaderDictionary Trailers { get; } = new HeaderDictionary();

    /// <summary>Takes the framing over where that is possible and of use; the response must not have started.</summary>
    /// <remarks>For responses of unknown length.</remarks>
    public static ChunkedBodyWriter? For(HttpContext context, IHttpResponseBodyFeature bodyFeature)
    {
        if (context.Request.Protocol != "HTTP/1.1" || context.Request.Method == "HEAD") return null;
        if (context.Response.StatusCode is < 200 or StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified) return null;
        if (context.Response.ContentLength is not null) return null;
        // The server's own features are one object. A body feature that is another one belongs to middleware.
        if (!ReferenceEquals(bodyFeature, context.Features.Get<IHttpRequestFeature>())) return null;
        context.Response.Headers.TransferEncoding = "chunked";
        return new ChunkedBodyWriter(bodyFeature.Writer);
    }

    /// <summary>Ends the body: the last chunk and the trailer section.</summary>
    public void End()
    {
        Encoding.Latin1.GetBytes("0\r\n", _output);
        foreach (var (name, values) in Trailers)
        {
            for (var i = 0; i < values.Count; i++)
            {
                var value = values[i];
                if (value is null || value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) continue;
                Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}: {value}\r\n"), _output);
            }
        }

        Encoding.Latin1.GetBytes("\r\n", _output);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        _room = _output.GetMemory(Math.Clamp(sizeHint, 1, LargestChunk) + PrefixLength + 2);
        return _room.Slice(PrefixLength, Math.Min(_room.Length - PrefixLength - 2, LargestChunk));
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (bytes == 0) return;
        var span = _room.Span;
        bytes.TryFormat(span, out _, "X4", CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(span[SizeDigits..]);
        "\r\n"u8.CopyTo(span[(PrefixLength + bytes)..]);
        _output.Advance(PrefixLength + bytes + 2);
        _room = default;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _output.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => _output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _output.Complete(exception);
}
