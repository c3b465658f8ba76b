using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using Net2Secure.Routing.Proxying.Tls;

namespace Net2Secure.Routing.Proxying.Tests.Tls;

public sealed class ClientHelloReaderTests
{
    [Fact]
    public async Task Read_HelloOfThePlatform_FindsNameAndSignatures()
    {
        var hello = ClientHelloReader.Read(await HelloAsync("Shop.Example"));

        Assert.Equal("shop.example", hello.ServerName);
        Assert.Equal(TlsSignatures.Rsa | TlsSignatures.Ecdsa, hello.Signatures);
        Assert.False(hello.IsAcmeChallenge);
    }

    [Fact]
    public async Task Read_HelloWithoutName_HasNone()
    {
        Assert.Null(ClientHelloReader.Read(await HelloAsync("")).ServerName);
    }

    [Theory]
    [InlineData("acme-tls/1", true)]
    [InlineData("h2", false)]
    [InlineData("acme-tls/1x", false)]
    public async Task Read_Alpn_TellsAcmeServersFromOthers(string protocol, bool expected)
    {
        Assert.Equal(expected, ClientHelloReader.Read(await HelloAsync("a.example", alpn: protocol)).IsAcmeChallenge);
    }

    [Fact]
    public async Task Read_Tls12WithSuitesForRsaOnly_LeavesEcdsaOut()
    {
#pragma warning disable CA1416 // the tests run where suites can be chosen
        var suites = new CipherSuitesPolicy([TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]);
#pragma warning restore CA1416

        var hello = ClientHelloReader.Read(await HelloAsync("a.example", SslProtocols.Tls12, suites));

        Assert.Equal(TlsSignatures.Rsa, hello.Signatures);
    }

    [Fact]
    public async Task Read_InSeveralPieces_IsTheSame()
    {
        var octets = await HelloAsync("shop.example");
        var first = new Piece(octets.AsMemory(0, 60));
        var last = first.Then(octets.AsMemory(60, 30)).Then(octets.AsMemory(90));

        Assert.Equal("shop.example", ClientHelloReader.Read(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length)).ServerName);
    }

    [Fact]
    public async Task Read_CutAnywhere_NeverFails()
    {
        var octets = await HelloAsync("shop.example", alpn: "h2");
        for (var length = 0; length < octets.Length; length++)
        {
            var name = ClientHelloReader.Read(octets.AsSpan(0, length)).ServerName;
            Assert.True(name is null or "shop.example", name);
        }
    }

    [Fact]
    public async Task Read_AnyOctetChanged_NeverFails()
    {
        var octets = await HelloAsync("shop.example", alpn: "h2");
        for (var i = 0; i < octets.Length; i++)
        {
            foreach (var value in (byte[])[0x00, 0x7F, 0xFF])
            {
                var mutated = octets.ToArray();
                mutated[i] = value;
                Assert.True(ClientHelloReader.Read(mutated).ServerName is null or { Length: <= 255 });
            }
        }
    }

    [Fact]
    public async Task Read_NameWithDotAtTheEnd_LosesIt()
    {
        var octets = await HelloAsync("shop.exampleX");
        octets[octets.AsSpan().IndexOf("shop.exampleX"u8) + 12] = (byte)'.';

        Assert.Equal("shop.example", ClientHelloReader.Read(octets).ServerName);
    }

    /// <summary>What the platform's own client says first.</summary>
    private static async Task<byte[]> HelloAsync(string name, SslProtocols protocols = SslProtocols.None, CipherSuitesPolicy? suites = null, string? alpn = null)
    {
        using var written = new Recording();
        await using var tls = new SslStream(written);
        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name, EnabledSslProtocols = protocols, CipherSuitesPolicy = suites, ApplicationProtocols = alpn is null ? null : [new SslApplicationProtocol(alpn)],
        }).WaitAsync(TimeSpan.FromSeconds(30)));
        return written.ToArray();
    }

    /// <summary>Takes what is written, and has nothing to say.</summary>
    private sealed class Recording : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(0);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
