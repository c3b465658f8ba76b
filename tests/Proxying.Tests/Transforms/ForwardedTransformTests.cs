using System.Net;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying.Tests.Transforms;

/// <summary>What a destination is told about the client: X-Forwarded-* and Forwarded (RFC 7239), with every option and action.</summary>
public sealed class ForwardedTransformTests
{
    private static readonly (string, string)[] Sent =
    [
        ("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "2.2.2.2"), ("X-Forwarded-Host", "forged"), ("X-Forwarded-Proto", "http"), ("X-Forwarded-Prefix", "/forged"),
    ];

    [Theory]
    [InlineData("Set", new[] { "203.0.113.7" }, new[] { "shop.example:8443" }, new[] { "https" }, new[] { "/base" })]
    [InlineData("Append", new[] { "1.1.1.1, 2.2.2.2, 203.0.113.7" }, new[] { "forged, shop.example:8443" }, new[] { "http, https" }, new[] { "/forged, /base" })]
    [InlineData("Remove", new string[0], new string[0], new string[0], new string[0])]
    [InlineData("Off", new[] { "1.1.1.1", "2.2.2.2" }, new[] { "forged" }, new[] { "http" }, new[] { "/forged" })]
    public async Task XForwarded_Action_HoldsForAllFour(string action, string[] xFor, string[] host, string[] proto, string[] prefix)
    {
        var parsed = Enum.Parse<ForwardedTransformActions>(action);
        foreach (var run in new[] { TransformRun.FromEntries(["X-Forwarded", action]), TransformRun.FromCode(c => c.AddXForwarded(parsed)), TransformRun.Compile(r => r.WithTransformXForwarded(xDefault: parsed)) })
        {
            Assert.Equal(xFor, await FieldAsync(run, "X-Forwarded-For"));
            Assert.Equal(host, await FieldAsync(run, "X-Forwarded-Host"));
            Assert.Equal(proto, await FieldAsync(run, "X-Forwarded-Proto"));
            Assert.Equal(prefix, await FieldAsync(run, "X-Forwarded-Prefix"));
        }
    }

    [Fact]
    public async Task XForwarded_ActionOfEach_TakesThePlaceOfTheCommonOne()
    {
        foreach (var run in new[]
        {
            TransformRun.FromEntries(["X-Forwarded", "Set", "For", "Append", "Host", "Remove", "Proto", "Off", "HeaderPrefix", "X-Forwarded-"]),
            TransformRun.Compile(r => r.WithTransformXForwarded(
                xFor: ForwardedTransformActions.Append, xHost: ForwardedTransformActions.Remove, xProto: ForwardedTransformActions.Off)),
        })
        {
            Assert.Equal(["1.1.1.1, 2.2.2.2, 203.0.113.7"], await FieldAsync(run, "X-Forwarded-For"));
            Assert.Empty(await FieldAsync(run, "X-Forwarded-Host"));
            Assert.Equal(["http"], await FieldAsync(run, "X-Forwarded-Proto"));
            Assert.Equal(["/base"], await FieldAsync(run, "X-Forwarded-Prefix"));
        }
    }

    [Fact]
    public async Task XForwarded_SingleFieldsFromCode_MayHaveNamesOfTheirOwn()
    {
        var run = TransformRun.FromCode(c => c.AddXForwardedFor("A").AddXForwardedHost("B").AddXForwardedProto("C").AddXForwardedPrefix("D"));
        foreach (var (name, value) in new[] { ("A", "203.0.113.7"), ("B", "shop.example:8443"), ("C", "https"), ("D", "/base") }) Assert.Equal([value], await FieldAsync(run, name));
    }

    [Fact]
    public async Task XForwarded_HeaderPrefix_NamesAllFour()
    {
        var run = TransformRun.FromEntries(["X-Forwarded", "Set", "HeaderPrefix", "X-Mine-"]);
        Assert.Equal(["203.0.113.7"], await FieldAsync(run, "X-Mine-For"));
        Assert.Equal(["https"], await FieldAsync(run, "X-Mine-Proto"));
    }

    [Fact]
    public async Task Default_SetsXForwardedAndDropsWhatCouldPassForIt()
    {
        var run = TransformRun.FromEntries();
        Assert.Equal(["203.0.113.7"], await FieldAsync(run, "X-Forwarded-For"));
        Assert.Empty(await run.FieldAsync("X_Forwarded_For", ("X_Forwarded_For", "1.1.1.1")));
        Assert.Empty(await run.FieldAsync("Forwarded", ("Forwarded", "for=1.1.1.1")));
    }

    [Fact]
    public async Task Default_CanBeSwitchedOff()
        => Assert.Equal(["1.1.1.1", "2.2.2.2"], await FieldAsync(TransformRun.FromCode(c => c.UseDefaultForwarders = false), "X-Forwarded-For"));

    [Theory]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("2001:db8::9", "2001:db8::9")]
    [InlineData("fe80::9%3", "fe80::9")]
    public async Task XForwardedFor_Address_IsWrittenWithoutZoneAndMapping(string address, string expected)
    {
        var request = await TransformRun.FromEntries().RequestAsync(client: c => c.Connection.RemoteIpAddress = IPAddress.Parse(address));
        Assert.Equal([expected], TransformRun.Values(request, "X-Forwarded-For"));
    }

    [Theory]
    [InlineData("Random", "^_[0-9A-Za-z]{10}$")]
    [InlineData("RandomAndPort", "^\"_[0-9A-Za-z]{10}:50001\"$")]
    [InlineData("RandomAndRandomPort", "^\"_[0-9A-Za-z]{10}:_[0-9A-Za-z]{10}\"$")]
    [InlineData("Unknown", "^unknown$")]
    [InlineData("UnknownAndPort", "^\"unknown:50001\"$")]
    [InlineData("UnknownAndRandomPort", "^\"unknown:_[0-9A-Za-z]{10}\"$")]
    [InlineData("Ip", "^203\\.0\\.113\\.7$")]
    [InlineData("IpAndPort", "^\"203\\.0\\.113\\.7:50001\"$")]
    [InlineData("IpAndRandomPort", "^\"203\\.0\\.113\\.7:_[0-9A-Za-z]{10}\"$")]
    public async Task Forwarded_ForFormat_NamesTheClient(string format, string pattern)
    {
        var parsed = Enum.Parse<NodeFormat>(format);
        foreach (var run in new[]
        {
            TransformRun.FromEntries(["Forwarded", "for", "ForFormat", format]), TransformRun.FromCode(c => c.AddForwarded(false, false, parsed, NodeFormat.None)),
            TransformRun.Compile(r => r.WithTransformForwarded(false, false, parsed, NodeFormat.None)),
        })
        {
            var value = Assert.Single(await FieldAsync(run, "Forwarded"));
            Assert.StartsWith("for=", value, StringComparison.Ordinal);
            Assert.Matches(pattern, value["for=".Length..]);
        }
    }

    [Fact]
    public async Task Forwarded_AllParameters_AreQuotedWhereTheyHaveToBe()
    {
        var run = TransformRun.FromEntries(["Forwarded", "by,for;host proto".Replace(';', ','), "ForFormat", "Ip", "ByFormat", "IpAndPort"]);
        Assert.Equal(["proto=https;host=\"shop.example:8443\";for=203.0.113.7;by=\"[2001:db8::2]:8443\""], await FieldAsync(run, "Forwarded"));
    }

    [Theory]
    [InlineData("Set", "proto=https")]
    [InlineData("Append", "for=1.1.1.1;proto=http, proto=https")]
    [InlineData("Remove", null)]
    [InlineData("Off", "for=1.1.1.1;proto=http")]
    public async Task Forwarded_Action_SaysWhatBecomesOfTheClients(string action, string? expected)
    {
        var values = await TransformRun.FromEntries(["Forwarded", "proto", "Action", action]).FieldAsync("Forwarded", ("Forwarded", "for=1.1.1.1;proto=http"));
        Assert.Equal(expected is null ? [] : new[] { expected }, values);
    }

    [Fact]
    public async Task Forwarded_Alone_DropsTheClientsXForwarded()
        => Assert.Empty(await FieldAsync(TransformRun.FromEntries(["Forwarded", "for", "ForFormat", "Ip"]), "X-Forwarded-For"));

    [Fact]
    public async Task Forwarded_BesideXForwarded_BothAreSet()
    {
        var run = TransformRun.FromEntries(["X-Forwarded", "Set"], ["Forwarded", "for", "ForFormat", "Ip"]);
        Assert.Equal(["203.0.113.7"], await FieldAsync(run, "X-Forwarded-For"));
        Assert.Equal(["for=203.0.113.7"], await FieldAsync(run, "Forwarded"));
    }

    [Fact]
    public async Task Forwarded_RandomName_IsNewForEachRequest()
    {
        var run = TransformRun.FromEntries(["Forwarded", "for"]);
        Assert.NotEqual((await FieldAsync(run, "Forwarded")).Single(), (await FieldAsync(run, "Forwarded")).Single());
    }

    private static async Task<string[]> FieldAsync(TransformRun run, string name) => TransformRun.Values(
        await run.RequestAsync("/base/a", context =>
        {
            context.Request.PathBase = "/base";
            context.Request.Path = "/a";
            foreach (var (field, value) in Sent) context.Request.Headers.Append(field, value);
        }),
        name);
}
