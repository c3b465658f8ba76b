using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Net2Secure.Routing.Integration.Acme;

/// <summary>A name server (RFC 1035, UDP) for which every name is this machine.</summary>
internal sealed class LoopbackNames : IAsyncDisposable
{
    private const int HeaderBytes = 12;
    private const ushort TypeA = 1;

    // A pointer to the name of the question, A, IN, 0 s, four octets.
    private static readonly byte[] Answer = [0xC0, HeaderBytes, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1];

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public LoopbackNames() => _serving = ServeAsync();

    public IPEndPoint EndPoint => (IPEndPoint)_socket.Client.LocalEndPoint!;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving.WaitAsync(TimeSpan.FromSeconds(10));
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var question = await _socket.ReceiveAsync(_stop.Token);
                await _socket.SendAsync(Respond(question.Buffer), question.RemoteEndPoint, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Disposed.
        }
    }

    private static byte[] Respond(byte[] question)
    {
        var end = HeaderBytes;
        while (question[end] != 0) end += question[end] + 1;
        // The zero, type and class; what comes after them (EDNS) is not repeated.
        end += 5;
        var isAddress = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(end - 4)) == TypeA;
        return [.. question[..2], 0x81, 0x80, 0, 1, 0, (byte)(isAddress ? 1 : 0), 0, 0, 0, 0, .. question[HeaderBytes..end], .. isAddress ? Answer : []];
    }
}
