using System.Buffers;
using System.Net.Sockets;

namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>What a client sends before it is known where its connection goes: a header of the PROXY protocol, the first message of TLS. Bounded; what of it is the destination's is kept.</summary>
internal sealed class TcpPrelude(Socket client) : IDisposable
{
    // The longest header, and as many records as the longest message may come in.
    private const int MostOctets = 16 + ProxyHeaderParser.LongestV2Payload + HelloReader.MostOctets + 512;

    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>What was read and belongs to the destination.</summary>
    public ReadOnlyMemory<byte> Rest => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Reads the header of the PROXY protocol.</summary>
    /// <returns>The header where there is one, or what is wrong.</returns>
    public async ValueTask<ProxyHeaderReader.Result> ReadProxyHeaderAsync(bool isRequired, CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = ProxyHeaderParser.Parse(new ReadOnlySequence<byte>(Rest), out var header, out var length);
            switch (status)
            {
                case ProxyHeaderStatus.Complete:
                    _start += length;
                    return new(header, null);
                case ProxyHeaderStatus.None:
                    return isRequired ? new(null, "it does not begin with a header of the PROXY protocol") : default;
                case ProxyHeaderStatus.Invalid:
                    return new(null, "its header of the PROXY protocol is malformed");
            }

            if (!await ReceiveAsync(cancellationToken).ConfigureAwait(false)) return new(null, "it ended before its header of the PROXY protocol was complete");
        }
    }

    /// <summary>Reads the first message of TLS.</summary>
    /// <returns>The name asked for, and whether there is such a message at all.</returns>
    public async ValueTask<(bool IsTls, string? ServerName)> ReadHelloAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = HelloReader.Read(Rest.Span, out var name);
            if (status == HelloStatus.Complete) return (true, name);
            if (status == HelloStatus.Invalid || !await ReceiveAsync(cancellationToken).ConfigureAwait(false)) return default;
        }
    }

    public void Dispose()
    {
        if (_buffer is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
        _buffer = null;
        (_start, _end) = (0, 0);
    }

    /// <returns>Whether there is more.</returns>
    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        // A client that says nothing yet holds no buffer.
        if (_buffer is null) await client.ReceiveAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        _buffer ??= ArrayPool<byte>.Shared.Rent(MostOctets);
        if (_end == MostOctets) return false;
        var read = await client.ReceiveAsync(_buffer.AsMemory(_end, MostOctets - _end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }
}
