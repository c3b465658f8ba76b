using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Samples.Discovery;

/// <summary>The least that can be called a name server: it knows A and SRV records, and answers over UDP.</summary>
internal sealed class SmallNameServer : IDisposable
{
    private const ushort A = 1;
    private const ushort Srv = 33;
    private const int HeaderLength = 12;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly ConcurrentDictionary<(string Name, ushort Type), byte[][]> _records = [];

    public SmallNameServer() => _ = ServeAsync();

    public string EndPoint => _socket.Client.LocalEndPoint!.ToString()!;

    /// <summary>Says which address a name has.</summary>
    public void SetAddress(string name, IPAddress address) => _records[(name, A)] = [address.GetAddressBytes()];

    /// <summary>Says on which ports of this machine a service runs: RFC 2782, each of priority 0 and weight 0.</summary>
    public void SetServices(string name, params int[] ports) => _records[(name, Srv)] = [.. ports.Select(p => (byte[])[0, 0, 0, 0, (byte)(p >> 8), (byte)p, .. "\u0009localhost\0"u8])];

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var question = await _socket.ReceiveAsync();
                await _socket.SendAsync(Answer(question.Buffer), question.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The sample is over.
        }
    }

    /// <summary>A response (RFC 1035 §4.1) that repeats the question and gives what is known of its name: perhaps nothing.</summary>
    private byte[] Answer(byte[] question)
    {
        var (name, end) = ReadName(question);
        var type = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(end));
        var records = _records.GetValueOrDefault((name, type), []);
        var answer = new List<byte>(question[..(end + 4)]) { [2] = 0x85, [3] = 0x80, [7] = (byte)records.Length, [11] = 0 };
        foreach (var data in records)
        {
            // The name that was asked for, its type, the Internet, one second to live.
            answer.AddRange([0xC0, HeaderLength, (byte)(type >> 8), (byte)type, 0, 1, 0, 0, 0, 1, 0, (byte)data.Length, .. data]);
        }

        return [.. answer];
    }

    private static (string Name, int End) ReadName(byte[] message)
    {
        var labels = new List<string>();
        var at = HeaderLength;
        for (; message[at] > 0; at += message[at] + 1) labels.Add(Encoding.ASCII.GetString(message, at + 1, message[at]));
        return (string.Join('.', labels), at + 1);
    }
}
