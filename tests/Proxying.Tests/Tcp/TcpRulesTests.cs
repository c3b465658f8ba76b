using System.Net;
using Net2Secure.Routing.Proxying.Tcp;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Tcp;

/// <summary>Settings of ports that cannot be meant are refused, each with its path, before anything of them takes effect.</summary>
public sealed class TcpRulesTests
{
    [Theory]
    [InlineData("0.0.0.0:5432", "0.0.0.0:5432")]
    [InlineData("[::]:443", "[::]:443")]
    [InlineData("[::1]:1", "[::1]:1")]
    [InlineData("*:443", "[::]:443")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    public void Address_ThatIsOne_IsRead(string text, string expected)
    {
        Assert.True(TcpRules.TryParseAddress(text, out var endpoint));
        Assert.Equal(IPEndPoint.Parse(expected), endpoint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5432")]
    [InlineData(":5432")]
    [InlineData("localhost:5432")]
    [InlineData("10.1:5432")]
    [InlineData("::1:5432")]
    [InlineData("[10.0.0.1]:5432")]
    [InlineData("10.0.0.1:65536")]
    [InlineData("10.0.0.1:-1")]
    [InlineData("10.0.0.1:")]
    [InlineData("http://10.0.0.1:80")]
    public void Address_ThatIsNone_IsRefused(string text) => Assert.False(TcpRules.TryParseAddress(text, out _));

    [Theory]
    [InlineData("\"ClusterId\": \"c\"", "Address", "is required")]
    [InlineData("\"Address\": \"localhost:1\", \"ClusterId\": \"c\"", "Address", "'localhost:1' is not allowed")]
    [InlineData("\"Address\": \"*:1\"", "ClusterId", "is required where ServerNames names no cluster")]
    [InlineData("\"Address\": \"*:1\", \"ClusterId\": \"d\"", "ClusterId", "'d' is not a cluster")]
    [InlineData("\"Address\": \"*:1\", \"ServerNames\": { \"a.example\": \"cc\" }", "ServerNames:a.example", "'cc' is not a cluster. Did you mean 'c'?")]
    [InlineData("\"Address\": \"*:1\", \"ServerNames\": { \"10.0.0.1\": \"c\" }", "ServerNames:10.0.0.1", "'10.0.0.1' is not allowed")]
    [InlineData("\"Address\": \"*:1\", \"ClusterId\": \"c\", \"HelloTimeout\": \"00:02:00\"", "HelloTimeout", "is not allowed")]
    [InlineData("\"Address\": \"*:1\", \"ClusterId\": \"c\", \"IdleTimeout\": \"00:00:00.5\"", "IdleTimeout", "is not allowed")]
    [InlineData("\"Address\": \"*:1\", \"ClusterId\": \"c\", \"MaxConnections\": 0", "MaxConnections", "is not allowed")]
    [InlineData("\"Address\": \"*:1\", \"ClusterId\": \"c\", \"SendProxyProtocol\": \"V3\"", "SendProxyProtocol", "V3")]
    [InlineData("\"Address\": \"*:1\", \"ClusterId\": \"c\", \"DenyNetworks\": [\"10.0.0.1/8\"]", "DenyNetworks:0", "10.0.0.0/8 is the network")]
    [InlineData("\"Address\": \"*:1\", \"ClusterId\": \"c\", \"Adress\": \"*:2\"", "Adress", "is unknown. Did you mean 'Address'?")]
    public void Setting_ThatCannotBeMeant_IsRefusedByName(string port, string below, string message)
    {
        var error = Assert.Single(ConfiguredProxy.ErrorsOf(Json($"\"p\": {{ {port} }}")));
        Assert.Equal("Net2Proxy:Tcp:p:" + below, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoPorts_OnOneAddress_AreRefused_HoweverItIsSaid()
    {
        var error = Assert.Single(ConfiguredProxy.ErrorsOf(Json("\"p\": { \"Address\": \"*:443\", \"ClusterId\": \"c\" }, \"q\": { \"Address\": \"[::]:443\", \"ClusterId\": \"c\" }")));
        Assert.Contains("each port can be listened on once", error.Message, StringComparison.Ordinal);
    }

    private static string Json(string ports) => $$"""{ "Net2Proxy": { "Routes": {}, "Clusters": { "c": {} }, "Tcp": { {{ports}} } } }""";
}
