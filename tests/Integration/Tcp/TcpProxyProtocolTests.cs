using System.Text;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Tcp;

/// <summary>The PROXY protocol on ports that are passed through: told to destinations, and believed of trusted peers only.</summary>
public sealed class TcpProxyProtocolTests
{
    [Fact]
    public async Task Destinations_AreToldOfTheClient_BeforeAnythingElse()
    {
        await using var origin = Repeating();
        await using var proxy = await TcpUnderTest.StartAsync(p => p.SendProxyProtocol = ProxyProtocolVersion.V1, [TcpUnderTest.Cluster("c", origin.Uri)]);
        using var client = await proxy.ConnectAsync("127.0.0.7");
        await client.SendAsync("ping");
        client.ShutdownSend();
        var port = ((System.Net.IPEndPoint)client.Socket.LocalEndPoint!).Port;
        Assert.Equal($"PROXY TCP4 127.0.0.7 127.0.0.1 {port} {proxy.EndPoint.Port}\r\nping", await client.WaitForEndAsync());
    }

    [Theory]
    [InlineData(ProxyProtocolVersion.V1)]
    [InlineData(ProxyProtocolVersion.V2)]
    public async Task WhatATrustedPeerSays_IsPassedOn(ProxyProtocolVersion version)
    {
        await using var origin = Repeating();
        await using var proxy = await TcpUnderTest.StartAsync(
            p => p.SendProxyProtocol = version, [TcpUnderTest.Cluster("c", origin.Uri)], s => (s.TrustedProxies, s.ProxyProtocol) = (["127.0.0.1"], ProxyProtocolMode.Required));
        using var client = await proxy.ConnectAsync();
        await client.SendBytewiseAsync("PROXY TCP6 2001:db8::5 2001:db8::1 4711 443\r\nping");
        client.ShutdownSend();
        var expected = ProxyHeaderWriter.Write(version, System.Net.IPEndPoint.Parse("[2001:db8::5]:4711"), System.Net.IPEndPoint.Parse("[2001:db8::1]:443"));
        Assert.Equal(Encoding.Latin1.GetString(expected) + "ping", await client.WaitForEndAsync());
    }

    [Fact]
    public async Task FromOthers_ItIsDataLikeAny()
    {
        await using var origin = Repeating();
        await using var proxy = await TcpUnderTest.StartAsync(_ => { }, [TcpUnderTest.Cluster("c", origin.Uri)], s => (s.TrustedProxies, s.ProxyProtocol) = (["127.0.0.1"], ProxyProtocolMode.Required));
        using var client = await proxy.ConnectAsync("127.0.0.2");
        await client.SendAsync("PROXY TCP4 1.2.3.4 1.2.3.5 1 2\r\nping");
        client.ShutdownSend();
        Assert.Equal("PROXY TCP4 1.2.3.4 1.2.3.5 1 2\r\nping", await client.WaitForEndAsync());
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("PROXY TCP4 1.2.3.4 nonsense 1 2\r\nping")]
    [InlineData("PROXY TCP4 203.0.113.9 1.2.3.5 1 2\r\nping")]
    public async Task WithoutOne_OrWithOneThatIsWrong_OrThatNamesSomebodyWhoMayNotCome_NoDestinationIsAsked(string text)
    {
        await using var origin = Repeating();
        await using var proxy = await TcpUnderTest.StartAsync(
            _ => { }, [TcpUnderTest.Cluster("c", origin.Uri)], s => (s.TrustedProxies, s.ProxyProtocol, s.DenyNetworks) = (["127.0.0.1"], ProxyProtocolMode.Required, ["203.0.113.0/24"]));
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(text);
        Assert.Equal("", await client.WaitForEndAsync());
        Assert.Equal(0, origin.Connections);
    }

    /// <summary>Says back, at the end, all that it was told.</summary>
    private static ScriptedOrigin Repeating() => new(async c =>
    {
        await c.SendAsync(await c.WaitForEndAsync().WaitAsync(ProxyUnderTest.Patience));
        await c.FinishAsync();
    });
}
