using System.Net;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Shielding;

namespace Net2Secure.Routing.Proxying.Tests.Shielding;

public sealed class NetworkSetTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("192.168.1.128/25", "192.168.1.128", true)]
    [InlineData("192.168.1.128/25", "192.168.1.127", false)]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("0.0.0.0/0", "8.8.8.8", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "8.8.8.8", false)]
    [InlineData("::/0", "::ffff:8.8.8.8", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("2001:db8::1", "2001:db8::1", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "11.1.2.3", false)]
    [InlineData("::ffff:10.1.2.3", "10.1.2.3", true)]
    public void Contains_AnAddress_ByItsPrefix(string network, string address, bool expected) =>
        Assert.Equal(expected, NetworkSet.From([network])!.Contains(IPAddress.Parse(address)));

    [Fact]
    public void Contains_ManyNetworksOfManyLengths_AgreesWithComparingEach()
    {
        var random = new Random(7);
        var networks = Enumerable.Range(0, 300).Select(_ =>
        {
            var length = random.Next(8, 33);
            var value = (uint)random.NextInt64(uint.MaxValue) & (uint)(0xFFFFFFFFUL << (32 - length));
            return new IPNetwork(Address(value), length);
        }).ToArray();
        var set = NetworkSet.From(networks.Select(n => n.ToString()))!;
        for (var i = 0; i < 5000; i++)
        {
            // Half of them near a network, or hardly any would be in one.
            var value = i % 2 == 0 ? (uint)random.NextInt64(uint.MaxValue) : BitConverter.ToUInt32([.. networks[i % 300].BaseAddress.GetAddressBytes().Reverse()]) + (uint)random.Next(512);
            var address = Address(value);
            Assert.Equal(networks.Any(n => n.Contains(address)), set.Contains(address));
        }

        static IPAddress Address(uint value) => new([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
    }

    [Theory]
    [InlineData("10.0.0.1/8", "10.0.0.0/8 is the network")]
    [InlineData("2001:db8::1/32", "2001:db8::/32 is the network")]
    [InlineData("10.0.0.0/33", "is no network")]
    [InlineData("10.0.0.0/-1", "is no network")]
    [InlineData("10.0.0.0/", "is no network")]
    [InlineData("10.1", "is no network")]
    [InlineData("10.0.0.0/8 ", "is no network")]
    [InlineData("example.org", "is no network")]
    [InlineData("fe80::1%eth0", "is no network")]
    [InlineData("", "is no network")]
    public void Validate_WhatIsNoNetwork_IsNamedWithItsPlace(string network, string problem)
    {
        var errors = new List<ConfigError>();
        NetworkSet.Validate(["10.0.0.0/8", network], "Shielding:DenyNetworks", errors);
        var error = Assert.Single(errors);
        Assert.Equal("Shielding:DenyNetworks:1", error.Path);
        Assert.Contains($"'{network}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.9.0.1", false)]
    [InlineData("11.0.0.1", false)]
    [InlineData("::ffff:10.9.0.1", false)]
    public void Rule_DenyWinsOverAllow(string address, bool expected) =>
        Assert.Equal(expected, NetworkRule.From(["10.0.0.0/8"], ["10.9.0.0/16"])!.Admits(IPAddress.Parse(address)));

    [Fact]
    public void Rule_ClientWithoutAddress_IsInNoNetwork()
    {
        Assert.False(NetworkRule.From(["10.0.0.0/8"], [])!.Admits(null));
        Assert.True(NetworkRule.From([], ["10.0.0.0/8"])!.Admits(null));
        Assert.Null(NetworkRule.From([], null));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    public void AddressKey_IsTheAddressOrThe64(string one, string other, bool same) =>
        Assert.Equal(same, AddressKey.Of(IPAddress.Parse(one)) == AddressKey.Of(IPAddress.Parse(other)));

    [Fact]
    public void AddressConnections_ForgetsAddressesWithoutConnections()
    {
        var connections = new AddressConnections();
        var address = IPAddress.Parse("10.0.0.1");
        Assert.True(connections.TryAdd(address, 2));
        Assert.True(connections.TryAdd(address, 2));
        Assert.False(connections.TryAdd(address, 2));
        Assert.True(connections.TryAdd(IPAddress.Parse("10.0.0.2"), 2));
        connections.Remove(address);
        Assert.True(connections.TryAdd(address, 2));
        connections.Remove(address);
        connections.Remove(address);
        Assert.Equal(1, connections.Count);
    }
}
