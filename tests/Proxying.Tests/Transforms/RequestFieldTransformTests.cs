using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Routing;

namespace Net2Secure.Routing.Proxying.Tests.Transforms;

/// <summary>Changes of the method and of request fields, from configuration and from code.</summary>
public sealed class RequestFieldTransformTests
{
    [Theory]
    [InlineData("PUT", "PUT", "POST")]
    [InlineData("put", "PUT", "POST")]
    [InlineData("PUT", "GET", "GET")]
    [InlineData("PURGE", "PURGE", "POST")]
    [InlineData("PURGE", "purge", "purge")]
    public async Task HttpMethodChange_ChangesThatMethodOnly(string from, string sent, string expected)
    {
        Assert.Equal(expected, (await TransformRun.FromEntries(["HttpMethodChange", from, "Set", "POST"]).RequestAsync(method: sent)).Method.Method);
        Assert.Equal(expected, (await TransformRun.FromCode(c => c.AddHttpMethodChange(from, "POST")).RequestAsync(method: sent)).Method.Method);
        Assert.Equal(expected, (await TransformRun.Compile(r => r.WithTransformHttpMethodChange(from, "POST")).RequestAsync(method: sent)).Method.Method);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task RequestHeadersCopy_SaysWhetherFieldsAreCopied(string flag, bool copied)
    {
        var expected = copied ? new[] { "1", "2" } : [];
        Assert.Equal(expected, await TransformRun.FromEntries(["RequestHeadersCopy", flag]).FieldAsync("A", ("A", "1"), ("A", "2")));
        Assert.Equal(expected, await TransformRun.FromCode(c => c.CopyRequestHeaders = copied).FieldAsync("A", ("A", "1"), ("A", "2")));
        Assert.Equal(expected, await TransformRun.Compile(r => r.WithTransformCopyRequestHeaders(copied)).FieldAsync("A", ("A", "1"), ("A", "2")));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task RequestHeaderOriginalHost_SaysWhoseHostIsSent(string flag, bool original)
    {
        var expected = original ? new[] { "shop.example:8443" } : [];
        Assert.Equal(expected, await TransformRun.FromEntries(["RequestHeaderOriginalHost", flag]).FieldAsync("Host"));
        Assert.Equal(expected, await TransformRun.FromCode(c => c.AddOriginalHost(original)).FieldAsync("Host"));
        Assert.Equal(expected, await TransformRun.Compile(r => r.WithTransformUseOriginalHostHeader(original)).FieldAsync("Host"));
    }

    [Theory]
    [InlineData("A", "Set", "x", new[] { "x" })]
    [InlineData("A", "Append", "x", new[] { "1", "2", "x" })]
    [InlineData("A", "Set", "", new string[0])]
    [InlineData("Content-Language", "Set", "de", new[] { "de" })]
    [InlineData("Host", "Set", "other.example", new[] { "other.example" })]
    public async Task RequestHeader_SetsOrAppends(string name, string kind, string value, string[] expected)
    {
        Assert.Equal(expected, await TransformRun.FromEntries(["RequestHeader", name, kind, value]).FieldAsync(name, ("A", "1"), ("A", "2")));
        Assert.Equal(expected, await TransformRun.FromCode(c => c.AddRequestHeader(name, value, kind == "Append")).FieldAsync(name, ("A", "1"), ("A", "2")));
        Assert.Equal(expected, await TransformRun.Compile(r => r.WithTransformRequestHeader(name, value, kind == "Append")).FieldAsync(name, ("A", "1"), ("A", "2")));
    }

    [Fact]
    public async Task RequestHeader_AppendedWhereNothingIsCopied_KeepsWhatTheClientSent()
        => Assert.Equal(["1", "x"], await TransformRun.FromEntries(["RequestHeadersCopy", "false"], ["RequestHeader", "A", "Append", "x"]).FieldAsync("A", ("A", "1")));

    [Fact]
    public async Task RequestHeader_AppendedWhereNothingIsCopied_NeverKeepsFieldsOfTheConnection()
        => Assert.Equal(["x"], await TransformRun.FromEntries(["RequestHeadersCopy", "false"], ["RequestHeader", "A", "Append", "x"]).FieldAsync("A", ("A", "1"), ("Connection", "a")));

    [Theory]
    [InlineData("Set", "a b", new[] { "a b" })]
    [InlineData("Append", "a b", new[] { "1", "a b" })]
    [InlineData("Set", "a\r\nX: 1", new[] { "a%0D%0AX: 1" })]
    [InlineData("Set", "\u00fc", new[] { "%C3%BC" })]
    [InlineData("Set", null, new string[0])]
    public async Task RequestHeaderRouteValue_SetsOrAppends(string kind, string? value, string[] expected)
    {
        foreach (var run in new[]
        {
            TransformRun.FromEntries(["RequestHeaderRouteValue", "A", kind, "id"]), TransformRun.FromCode(c => c.AddRequestHeaderRouteValue("A", "id", kind == "Append")),
            TransformRun.Compile(r => r.WithTransformRequestHeaderRouteValue("A", "id", kind == "Append")),
        })
        {
            var request = await run.RequestAsync(client: c => c.Request.Headers["A"] = "1", values: value is null ? [] : new RouteValueDictionary { ["id"] = value });
            Assert.Equal(expected, TransformRun.Values(request, "A"));
        }
    }

    [Fact]
    public async Task RequestHeaderRemove_RemovesAllLines()
    {
        Assert.Empty(await TransformRun.FromEntries(["RequestHeaderRemove", "a"]).FieldAsync("A", ("A", "1"), ("A", "2")));
        Assert.Empty(await TransformRun.FromCode(c => c.AddRequestHeaderRemove("a")).FieldAsync("A", ("A", "1")));
        Assert.Empty(await TransformRun.Compile(r => r.WithTransformRequestHeaderRemove("a")).FieldAsync("A", ("A", "1")));
    }

    [Fact]
    public async Task RequestHeadersAllowed_CopiesTheListOnly()
    {
        foreach (var run in new[]
        {
            TransformRun.FromEntries(["RequestHeadersAllowed", "A; b;Host"]), TransformRun.FromCode(c => c.AddRequestHeadersAllowed("A", "b", "Host")),
            TransformRun.Compile(r => r.WithTransformRequestHeadersAllowed("A", "b", "Host")),
        })
        {
            var request = await run.RequestAsync(client: c => (c.Request.Headers["A"], c.Request.Headers["B"], c.Request.Headers["C"]) = (new[] { "1", "2" }, "3", "4"));
            Assert.Equal(["1", "2"], TransformRun.Values(request, "A"));
            Assert.Equal(["3"], TransformRun.Values(request, "B"));
            Assert.Empty(TransformRun.Values(request, "C"));
            Assert.Equal(["shop.example:8443"], TransformRun.Values(request, "Host"));
        }
    }

    [Fact]
    public async Task RequestHeadersAllowed_NeverCopiesFieldsOfTheConnection()
        => Assert.Empty(await TransformRun.FromEntries(["RequestHeadersAllowed", "A"]).FieldAsync("A", ("A", "1"), ("Connection", "close, A")));

    [Fact]
    public async Task ClientCert_HandsOnTheCertificateAndNeverWhatAClientSent()
    {
        using var key = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=client", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        foreach (var run in new[]
        {
            TransformRun.FromEntries(["ClientCert", "X-Cert"]), TransformRun.FromCode(c => c.AddClientCertHeader("X-Cert")), TransformRun.Compile(r => r.WithTransformClientCertHeader("X-Cert")),
        })
        {
            Assert.Empty(await run.FieldAsync("X-Cert", ("X-Cert", "forged")));
            var request = await run.RequestAsync(client: c => (c.Connection.ClientCertificate, c.Request.Headers["X-Cert"]) = (certificate, "forged"));
            Assert.Equal([Convert.ToBase64String(certificate.RawData)], TransformRun.Values(request, "X-Cert"));
        }
    }

    [Fact]
    public async Task Delegate_MaySeeAndChangeEverything()
    {
        var run = TransformRun.FromCode(c => c.AddRequestTransform(async context =>
        {
            await Task.Yield();
            context.Path += "/seen";
            context.Query = "?by=" + context.HttpContext.Request.Method;
            context.ProxyRequest.Headers.Add("A", "1");
        }));
        var request = await run.RequestAsync("/a?x");
        Assert.Equal("/a/seen?by=GET", request.PathAndQuery);
        Assert.Equal(["1"], TransformRun.Values(request, "A"));
    }
}
