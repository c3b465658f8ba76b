using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Net2Secure.Routing.Balancing.Tests.Discovery;

/// <summary>A name server on a loopback port of its own, UDP and TCP, that answers what a test says.</summary>
internal sealed class DnsServerUnderTest : IAsyncDisposable
{
    private readonly UdpClient _udp;
    private readonly TcpListener _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private int _questions;

    public DnsServerUnderTest()
    {
        // The two need the same port; one that is free for the one may be taken for the other.
        for (var tries = 0; ; tries++)
        {
            _udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            _tcp = new TcpListener((IPEndPoint)_udp.Client.LocalEndPoint!);
            try
            {
                _tcp.Start();
                break;
            }
            catch (SocketException) when (tries < 20)
            {
                _udp.Dispose();
            }
        }

        EndPoint = (IPEndPoint)_udp.Client.LocalEndPoint!;
        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Makes the datagrams that answer a question; none for silence.</summary>
    public Func<byte[], byte[][]> OverUdp { get; set; } = _ => [];

    /// <summary>Makes the message that answers a question over TCP.</summary>
    public Func<byte[], byte[]>? OverTcp { get; set; }

    public int Questions => Volatile.Read(ref _questions);

    /// <summary>Answers with records.</summary>
    public void Answer(params byte[][] records) => OverUdp = question => [Respond(question, records)];

    /// <summary>A response that repeats the question.</summary>
    public static byte[] Respond(byte[] question, byte[][] records, int code = 0, bool truncated = false, int? count = null)
    {
        var response = new List<byte>(question);
        response[2] = (byte)(0x81 | (truncated ? 2 : 0));
        response[3] = (byte)(0x80 | code);
        BinaryPrimitives.WriteUInt16BigEndian(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(response)[6..], (ushort)(count ?? records.Length));
        foreach (var record in records) response.AddRange(record);
        return [.. response];
    }

    /// <summary>A record of the name that was asked for (a pointer to the question), or of another.</summary>
    public static byte[] Record(DnsRecordType type, int seconds, byte[] data, string? owner = null)
    {
        var record = new List<byte>();
        record.AddRange(owner is null ? [0xC0, 12] : Name(owner));
        record.AddRange([0, (byte)type, 0, 1, (byte)(seconds >> 24), (byte)(seconds >> 16), (byte)(seconds >> 8), (byte)seconds, (byte)(data.Length >> 8), (byte)data.Length]);
        record.AddRange(data);
        return [.. record];
    }

    public static byte[] A(string address, int seconds = 60, string? owner = null) =>
        IPAddress.Parse(address) is { AddressFamily: AddressFamily.InterNetwork } a ? Record(DnsRecordType.A, seconds, a.GetAddressBytes(), owner) : Record(DnsRecordType.Aaaa, seconds, IPAddress.Parse(address).GetAddressBytes(), owner);

    public static byte[] Srv(string target, int port, int priority = 0, int weight = 0, int seconds = 60) =>
        Record(DnsRecordType.Srv, seconds, [(byte)(priority >> 8), (byte)priority, (byte)(weight >> 8), (byte)weight, (byte)(port >> 8), (byte)port, .. Name(target)]);

    public static byte[] CName(string target, int seconds = 60, string? owner = null) => Record(DnsRecordType.CName, seconds, Name(target), owner);

    public static byte[] Name(string name)
    {
        var bytes = new List<byte>();
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.Add(0);
        return [.. bytes];
    }

    /// <summary>The type that a question asks for.</summary>
    public static DnsRecordType TypeOf(byte[] question) => (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(question.Length - 4));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await _serving.WaitAsync(TimeSpan.FromSeconds(10));
        _stop.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        try
        {
            while (true)
            {
                var question = await _udp.ReceiveAsync(_stop.Token);
                Interlocked.Increment(ref _questions);
                foreach (var datagram in OverUdp(question.Buffer)) await _udp.SendAsync(datagram, question.RemoteEndPoint, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(_stop.Token);
                var stream = client.GetStream();
                var size = new byte[2];
                await stream.ReadExactlyAsync(size, _stop.Token);
                var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(size)];
                await stream.ReadExactlyAsync(question, _stop.Token);
                if (OverTcp is null) continue;
                var answer = OverTcp(question);
                await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or InvalidOperationException or SocketException or IOException)
        {
            // Disposed, which the listener says in one of two ways, or the client was.
        }
    }
}
