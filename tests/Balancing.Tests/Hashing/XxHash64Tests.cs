using System.Net;
using System.Text;

namespace Net2Secure.Routing.Balancing.Tests.Hashing;

/// <remarks>
/// The first three vectors are those that every description of XXH64 gives. The others come from a second implementation in Python, written for this purpose from the description and checked against the
/// first three. They must never change: proxies of different releases have to agree.
/// </remarks>
public sealed class XxHash64Tests
{
    public static TheoryData<byte[], ulong, ulong> Vectors => new()
    {
        { [], 0xEF46DB3751D8E999, 0xD5AFBA1336A3BE4B },
        { "a"u8.ToArray(), 0xD24EC4F1A98C6E5B, 0xDEC2BC81C3CD46C6 },
        { "abc"u8.ToArray(), 0x44BC2CF5AD770999, 0xBEA9CA8199328908 },
        { "hello, world"u8.ToArray(), 0xB33A384E6D1B1242, 0x8C84C1733F502E85 },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)i)], 0xCBF59C5116FF32B4, 0xD74E6766CE9DBA94 },
        { [.. Enumerable.Range(0, 100).Select(i => (byte)i)], 0x6AC1E58032166597, 0x3D19A3A2098A7023 },
        { "Grüße, 世界"u8.ToArray(), 0x8DA9997715A4AE3C, 0x059F79C73B85C2F7 },
        { [.. Enumerable.Repeat((byte)'x', 1000)], 0x4CB9A3B69CB700E1, 0x412612E98D6CBE69 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Of_Bytes_IsThatOfTheVectors(byte[] bytes, ulong hash, ulong seeded)
    {
        Assert.Equal(hash, XxHash64.Of(bytes));
        Assert.Equal(seeded, XxHash64.Of(bytes, seed: 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello, world")]
    [InlineData("Grüße, 世界")]
    [InlineData("a broken \ud800 pair")]
    public void Of_Text_IsThatOfItsUtf8(string text)
    {
        Assert.Equal(XxHash64.Of(Encoding.UTF8.GetBytes(text)), XxHash64.Of(text));
        for (var length = 58; length < 70; length++)
        {
            var longer = string.Concat(Enumerable.Repeat(text + "界", length))[..length];
            Assert.Equal(XxHash64.Of(Encoding.UTF8.GetBytes(longer), 7), XxHash64.Of(longer, 7));
        }
    }

    [Theory]
    [InlineData("10.0.0.1", 0x49563B5083B99AFF)]
    [InlineData("::ffff:10.0.0.1", 0x49563B5083B99AFF)]
    [InlineData("2001:db8::1", 0x97F11E0685F67AE8)]
    public void Of_Address_IsThatOfItsBytes(string address, ulong hash) => Assert.Equal(hash, XxHash64.Of(IPAddress.Parse(address)));

    [Fact]
    public void Of_NumberedNames_ReachesEveryBucketEvenly()
    {
        var (upper, lower) = (new int[64], new int[64]);
        for (var i = 0; i < 100_000; i++)
        {
            var hash = XxHash64.Of($"user-{i}");
            upper[hash >> 58]++;
            lower[hash & 63]++;
        }

        ChiSquare.AssertFits(upper, [.. Enumerable.Repeat(1.0, 64)]);
        ChiSquare.AssertFits(lower, [.. Enumerable.Repeat(1.0, 64)]);
    }

    [Fact]
    public void Of_OneBitChanged_ChangesHalfOfTheHash()
    {
        var changed = 0L;
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = BitConverter.GetBytes((long)i * 7919);
            var before = XxHash64.Of(bytes);
            bytes[i % 8] ^= (byte)(1 << (i / 8 % 8));
            changed += long.PopCount((long)(before ^ XxHash64.Of(bytes)));
        }

        Assert.InRange(changed / 10_000.0, 31.5, 32.5);
    }
}
