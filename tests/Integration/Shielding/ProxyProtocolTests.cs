using System.Net;
using System.Net.Sockets;
using System.Text;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.Integration.Shielding;

/// <summary>The PROXY protocol on listeners for HTTP: read from trusted peers, and from nobody else.</summary>
public sealed class ProxyProtocolTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9\r\nConnection: close\r\n\r\n";

    [Theory]
    [InlineData(ProxyProtocolMode.Optional, ProxyProtocolVersion.V1)]
    [InlineData(ProxyProtocolMode.Required, ProxyProtocolVersion.V2)]
    public async Task FromATrustedPeer_ItSaysWhoTheClientIs(ProxyProtocolMode mode, ProxyProtocolVersion version)
    {
        await using var proxy = await StartAsync(mode);
        var header = ProxyHeaderWriter.Write(version, IPEndPoint.Parse("203.0.113.5:4711"), IPEndPoint.Parse("10.0.0.1:80"));
        // The client is no trusted proxy, so that what it says of itself is replaced.
        Assert.Contains("X-Forwarded-For: 203.0.113.5\n", await AskAsync(proxy, "127.0.0.1", header), StringComparison.Ordinal);
        // In as many pieces as there can be.
        Assert.Contains("X-Forwarded-For: 203.0.113.5\n", await AskAsync(proxy, "127.0.0.1", header, inPieces: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutOne_TheConnectionGoesOnOrIsClosed()
    {
        await using var optional = await StartAsync(ProxyProtocolMode.Optional);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(optional, "127.0.0.1", []), StringComparison.Ordinal);
        await using var required = await StartAsync(ProxyProtocolMode.Required);
        Assert.Equal("", await AskAsync(required, "127.0.0.1", []));
        // From others it is no question.
        Assert.Contains("X-Forwarded-For: 127.0.0.2\n", await AskAsync(required, "127.0.0.2", []), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FromOthers_ItIsNoRequest()
    {
        await using var proxy = await StartAsync(ProxyProtocolMode.Optional);
        var header = ProxyHeaderWriter.Write(ProxyProtocolVersion.V1, IPEndPoint.Parse("203.0.113.5:4711"), IPEndPoint.Parse("10.0.0.1:80"));
        var answer = await AskAsync(proxy, "127.0.0.2", header);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Malformed_ClosesTheConnection()
    {
        await using var proxy = await StartAsync(ProxyProtocolMode.Optional);
        Assert.Equal("", await AskAsync(proxy, "127.0.0.1", "PROXY TCP4 1.2.3.4 nonsense 1 2\r\n"u8.ToArray()));
    }

    [Fact]
    public async Task TheClientItNames_IsTheOneWhoseNetworkCounts()
    {
        await using var proxy = await ShieldedProxy.StartAsync(s => (s.TrustedProxies, s.ProxyProtocol, s.DenyNetworks) = (["127.0.0.1"], ProxyProtocolMode.Required, ["203.0.113.0/24"]));
        Assert.Equal("", await AskAsync(proxy, "127.0.0.1", "PROXY TCP4 203.0.113.5 10.0.0.1 1 2\r\n"u8.ToArray()));
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(proxy, "127.0.0.1", "PROXY TCP4 203.0.114.5 10.0.0.1 1 2\r\n"u8.ToArray()), StringComparison.Ordinal);
    }

    private static Task<ProxyUnderTest> StartAsync(ProxyProtocolMode mode) => ShieldedProxy.StartAsync(s => (s.TrustedProxies, s.ProxyProtocol) = (["127.0.0.1"], mode));

    private static async Task<string> AskAsync(ProxyUnderTest proxy, string from, byte[] header, bool inPieces = false)
    {
        try
        {
            using var socket = await ShieldedProxy.ConnectAsync(from, new IPEndPoint(IPAddress.Loopback, proxy.Address.Port));
            byte[] octets = [.. header, .. Encoding.ASCII.GetBytes(Request)];
            if (inPieces)
            {
                foreach (var octet in octets) await socket.SendAsync(new[] { octet });
            }
            else
            {
                await socket.SendAsync(octets);
            }

            using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync().WaitAsync(ProxyUnderTest.Patience);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "";
        }
    }
}
