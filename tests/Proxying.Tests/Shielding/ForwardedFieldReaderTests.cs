using System.Net;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Proxying.Shielding;

namespace Net2Secure.Routing.Proxying.Tests.Shielding;

/// <summary>The client is the last address in the list that no trusted proxy has.</summary>
public sealed class ForwardedFieldReaderTests
{
    private static readonly IPAddress Peer = IPAddress.Parse("10.0.0.1");

    [Theory]
    [InlineData("", "10.0.0.1")]
    [InlineData("203.0.113.5", "203.0.113.5")]
    [InlineData("1.1.1.1, 203.0.113.5", "203.0.113.5")]
    [InlineData("1.1.1.1, 203.0.113.5, 10.2.3.4", "203.0.113.5")]
    [InlineData("10.9.9.9, 10.2.3.4", "10.9.9.9")]
    [InlineData("203.0.113.5:4711", "203.0.113.5")]
    [InlineData("2001:db8::5", "2001:db8::5")]
    [InlineData("[2001:db8::5]:4711", "2001:db8::5")]
    [InlineData("::ffff:203.0.113.5", "203.0.113.5")]
    [InlineData("203.0.113.5, unknown", "10.0.0.1")]
    [InlineData("203.0.113.5, 10.2.3.4, junk, 10.5.5.5", "10.5.5.5")]
    [InlineData("203.0.113.5:99999", "10.0.0.1")]
    [InlineData("[203.0.113.5]", "10.0.0.1")]
    [InlineData("203.7", "10.0.0.1")]
    [InlineData(",, 203.0.113.5 ,", "203.0.113.5")]
    public void XForwardedFor(string field, string client) =>
        Assert.Equal(IPAddress.Parse(client), Find(ClientAddressField.XForwarded, out _, ("X-Forwarded-For", field), ("Forwarded", "for=9.9.9.9;proto=https")));

    [Theory]
    [InlineData("for=203.0.113.5", "203.0.113.5", null)]
    [InlineData("for=1.1.1.1, for=203.0.113.5;proto=https;by=10.0.0.1", "203.0.113.5", "https")]
    [InlineData("For=\"[2001:db8::5]:4711\";Proto=HTTP", "2001:db8::5", "http")]
    [InlineData("for=\"_gone, with comma\", for=10.2.2.2;proto=https", "10.2.2.2", "https")]
    [InlineData("for=_hidden", "10.0.0.1", null)]
    [InlineData("proto=https", "10.0.0.1", null)]
    [InlineData("for=203.0.113.5;proto=gopher", "203.0.113.5", null)]
    public void Forwarded(string field, string client, string? scheme)
    {
        Assert.Equal(IPAddress.Parse(client), Find(ClientAddressField.Forwarded, out var found, ("Forwarded", field), ("X-Forwarded-For", "9.9.9.9"), ("X-Forwarded-Proto", "http")));
        Assert.Equal(scheme, found);
    }

    [Theory]
    [InlineData("203.0.113.5", "https", "https")]
    [InlineData("203.0.113.5", "ftp", null)]
    [InlineData("203.0.113.5, 10.2.3.4", "https, http", "https")]
    [InlineData("1.1.1.1, 203.0.113.5, 10.2.3.4", "http, https, http", "https")]
    [InlineData("203.0.113.5, 10.2.3.4", "http", "http")]
    [InlineData("", "https", "https")]
    public void XForwardedProto_IsThatOfTheClient(string addresses, string schemes, string? scheme)
    {
        Find(ClientAddressField.XForwarded, out var found, ("X-Forwarded-For", addresses), ("X-Forwarded-Proto", schemes));
        Assert.Equal(scheme, found);
    }

    [Fact]
    public void AList_WithoutEnd_IsReadFromItsEnd() =>
        Assert.Equal(IPAddress.Parse("203.0.113.5"), Find(ClientAddressField.XForwarded, out _, ("X-Forwarded-For", string.Concat(Enumerable.Repeat("junk,", 10_000)) + "203.0.113.5")));

    private static IPAddress Find(ClientAddressField from, out string? scheme, params (string Name, string Value)[] fields)
    {
        var state = new ShieldState(new ShieldingOptions { TrustedProxies = ["10.0.0.0/8"], ClientAddressFrom = from });
        var headers = new HeaderDictionary();
        foreach (var (name, value) in fields) headers[name] = value;
        return ForwardedFieldReader.FindClient(headers, Peer, state, out scheme);
    }
}
