using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Net2Secure.Routing.Proxying.Acme;

/// <summary>The key of an account: signs messages (ES256, RFC 7518 §3.4).</summary>
internal sealed class AcmeAccountKey : IDisposable
{
    private readonly ECDsa _key;
    private readonly AcmeJwk _jwk;

    public AcmeAccountKey(ECDsa key)
    {
        _key = key;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        _jwk = new("P-256", "EC", Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        // RFC 7638 §3: the members in order, and no blanks.
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"{{_jwk.Crv}}","kty":"{{_jwk.Kty}}","x":"{{_jwk.X}}","y":"{{_jwk.Y}}"}""")));
    }

    /// <summary>Tells keys apart.</summary>
    public string Thumbprint { get; }

    /// <summary>What proves, at a token's place, that this account asked (RFC 8555 §8.1).</summary>
    public string Authorize(string token) => token + "." + Thumbprint;

    /// <summary>Signs a message.</summary>
    /// <param name="url">Where it goes.</param>
    /// <param name="nonce">The authority's nonce.</param>
    /// <param name="account">URL of the account; <see langword="null"/> for the message that makes it.</param>
    /// <param name="payload">The message; empty to ask for something (RFC 8555 §6.3).</param>
    public byte[] Sign(Uri url, string nonce, string? account, ReadOnlySpan<byte> payload)
    {
        var header = new AcmeProtected("ES256", account is null ? _jwk : null, account, nonce, url);
        var message = Sign(header, payload, octets => _key.SignData(octets, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        return JsonSerializer.SerializeToUtf8Bytes(message, AcmeJson.Default.AcmeSigned);
    }

    /// <summary>Shows that an account of another kind is behind this one (RFC 8555 §7.3.4): that one's key signs this one's.</summary>
    /// <param name="url">Where the message goes that makes the account.</param>
    /// <param name="keyId">Name of the other key.</param>
    /// <param name="hmacKey">The other key (HS256, RFC 7518 §3.2).</param>
    public AcmeSigned Bind(Uri url, string keyId, byte[] hmacKey) =>
        Sign(new AcmeProtected("HS256", Jwk: null, keyId, Nonce: null, url), JsonSerializer.SerializeToUtf8Bytes(_jwk, AcmeJson.Default.AcmeJwk), octets => HMACSHA256.HashData(hmacKey, octets));

    public void Dispose() => _key.Dispose();

    private static AcmeSigned Sign(AcmeProtected header, ReadOnlySpan<byte> payload, Func<byte[], byte[]> sign)
    {
        var head = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header, AcmeJson.Default.AcmeProtected));
        var body = Base64Url.EncodeToString(payload);
        return new(head, body, Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes($"{head}.{body}"))));
    }
}
