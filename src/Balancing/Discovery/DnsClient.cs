using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Net2Secure.Routing.Balancing;

/// <summary>Asks name servers for records: over UDP, and over TCP where the answer does not fit (RFC 1035 §4.2, RFC 7766).</summary>
/// <remarks>
/// For what the platform's resolver cannot be asked: SRV records, and how long an answer is good for. It asks one server after the other, each a second time, until one answers. Every question has a number and a
/// port of its own, both not to be guessed (RFC 5452 §4), and takes an answer from the server that was asked only. It does not keep answers, and takes names as they are: no search list is applied.
/// </remarks>
internal sealed class DnsClient(TimeProvider time, Func<IReadOnlyList<IPEndPoint>>? systemServers = null)
{
    /// <summary>The port of DNS.</summary>
    public const int Port = 53;

    private const int LargestDatagram = 4096;
    private const int MostStrayDatagrams = 64;
    private const int Rounds = 2;
    private static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(1.5);

    private readonly Func<IReadOnlyList<IPEndPoint>> _systemServers = systemServers ?? SystemNameServers.Read;

    /// <summary>Asks for the records of a name.</summary>
    /// <param name="name">The name, whole.</param>
    /// <param name="type">The type of records.</param>
    /// <param name="servers">Whom to ask; empty for those of the system.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The records; none when there is no such name, or none of this type.</returns>
    /// <exception cref="DnsException">Nobody could tell.</exception>
    public async Task<IReadOnlyList<DnsRecord>> QueryAsync(string name, DnsRecordType type, IReadOnlyList<IPEndPoint> servers, CancellationToken cancellationToken)
    {
        if (servers.Count == 0) servers = _systemServers();
        if (servers.Count == 0) throw new DnsException("No name server is configured on this system.");
        var reason = "";
        for (var i = 0; i < servers.Count * Rounds; i++)
        {
            var server = servers[i % servers.Count];
            using var patience = new CancellationTokenSource(LongestTry, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                var reading = await AskAsync(server, name, type, linked.Token).ConfigureAwait(false);
                if (reading.IsFinal) return reading.Records;
                reason = reading.Kind == DnsReadingKind.Answer ? $"{server} answers {reading.Code}." : $"{server} gives an answer that cannot be read.";
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                reason = $"{server} cannot be asked: {e.Message}.";
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                reason = $"{server} does not answer.";
            }
        }

        throw new DnsException(reason);
    }

    private static async Task<DnsReading> AskAsync(IPEndPoint server, string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        var id = BinaryPrimitives.ReadUInt16LittleEndian(RandomNumberGenerator.GetBytes(2));
        var question = new byte[DnsMessage.MaxQuestionSize];
        var length = DnsMessage.WriteQuestion(question, id, name, type);
        if (length == 0) throw new DnsException($"'{name}' is no name that can be asked for.");
        var reading = await AskByUdpAsync(server, question.AsMemory(0, length), id, name, type, cancellationToken).ConfigureAwait(false);
        return reading.Kind == DnsReadingKind.Truncated ? await AskByTcpAsync(server, question.AsMemory(0, length), id, name, type, cancellationToken).ConfigureAwait(false) : reading;
    }

    private static async Task<DnsReading> AskByUdpAsync(IPEndPoint server, ReadOnlyMemory<byte> question, ushort id, string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        // Connected, so that the system takes datagrams of this server only, and says when nobody listens there.
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(question, cancellationToken).ConfigureAwait(false);
        var buffer = new byte[LargestDatagram];
        for (var strays = 0; strays < MostStrayDatagrams; strays++)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            var reading = DnsMessage.Read(buffer.AsSpan(0, length), id, name, type);
            if (reading.Kind != DnsReadingKind.NotOurs) return reading;
        }

        throw new IOException("too many datagrams that answer something else");
    }

    private static async Task<DnsReading> AskByTcpAsync(IPEndPoint server, ReadOnlyMemory<byte> question, ushort id, string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        using var stream = new NetworkStream(socket, ownsSocket: false);
        var framed = new byte[2 + question.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)question.Length);
        question.CopyTo(framed.AsMemory(2));
        await stream.WriteAsync(framed, cancellationToken).ConfigureAwait(false);
        var size = new byte[2];
        await stream.ReadExactlyAsync(size, cancellationToken).ConfigureAwait(false);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(size)];
        await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
        return DnsMessage.Read(answer, id, name, type);
    }
}
