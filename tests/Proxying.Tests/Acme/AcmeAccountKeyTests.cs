using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Net2Secure.Routing.Proxying.Acme;

namespace Net2Secure.Routing.Proxying.Tests.Acme;

public sealed class AcmeAccountKeyTests
{
    [Fact]
    public void Sign_GivesAMessageThatThePublicKeyVerifies()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = new AcmeAccountKey(pair);

        var message = JsonNode.Parse(key.Sign(new Uri("https://ca.example/order"), "nonce", "https://ca.example/account/1", "{}"u8))!;

        var (head, body) = (message["protected"]!.GetValue<string>(), message["payload"]!.GetValue<string>());
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(head))!;
        Assert.Equal("""{"alg":"ES256","kid":"https://ca.example/account/1","nonce":"nonce","url":"https://ca.example/order"}""", header.ToJsonString());
        Assert.Equal("{}", Encoding.ASCII.GetString(Base64Url.DecodeFromChars(body)));
        Assert.True(pair.VerifyData(Encoding.ASCII.GetBytes($"{head}.{body}"), Base64Url.DecodeFromChars(message["signature"]!.GetValue<string>()), HashAlgorithmName.SHA256));
    }

    [Fact]
    public void Sign_ForANewAccount_ShowsTheKey()
    {
        using var key = new AcmeAccountKey(ECDsa.Create(ECCurve.NamedCurves.nistP256));

        var message = JsonNode.Parse(key.Sign(new Uri("https://ca.example/account"), "nonce", account: null, []))!;

        var header = JsonNode.Parse(Base64Url.DecodeFromChars(message["protected"]!.GetValue<string>()))!;
        Assert.Null(header["kid"]);
        Assert.Equal("EC", header["jwk"]!["kty"]!.GetValue<string>());
        Assert.Equal("", message["payload"]!.GetValue<string>());
    }

    [Fact]
    public void Bind_HasTheOtherKeySignThisOne()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = new AcmeAccountKey(pair);
        byte[] hmacKey = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

        var binding = key.Bind(new Uri("https://ca.example/account"), "customer", hmacKey);

        Assert.Equal("""{"alg":"HS256","kid":"customer","url":"https://ca.example/account"}""", Encoding.ASCII.GetString(Base64Url.DecodeFromChars(binding.Protected)));
        var shown = JsonNode.Parse(Base64Url.DecodeFromChars(binding.Payload))!;
        Assert.Equal(["crv", "kty", "x", "y"], shown.AsObject().Select(m => m.Key));
        Assert.Equal(pair.ExportParameters(includePrivateParameters: false).Q.X, Base64Url.DecodeFromChars(shown["x"]!.GetValue<string>()));
        Assert.Equal(Base64Url.EncodeToString(HMACSHA256.HashData(hmacKey, Encoding.ASCII.GetBytes($"{binding.Protected}.{binding.Payload}"))), binding.Signature);
    }

    [Fact]
    public void Thumbprint_IsThatOfRfc7638()
    {
        // The key of RFC 7517 §A.1; the thumbprint comes from openssl dgst -sha256 over its members in order.
        using var pair = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new()
            {
                X = Base64Url.DecodeFromChars("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"),
                Y = Base64Url.DecodeFromChars("4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"),
            },
        });
        using var key = new AcmeAccountKey(pair);

        Assert.Equal("cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s", key.Thumbprint);
        Assert.Equal("token.cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s", key.Authorize("token"));
    }
}
