using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Routing;

/// <summary>Conditions on header fields, in every mode.</summary>
public sealed class FieldMatchingTests
{
    [Theory]
    [InlineData(HeaderMatchMode.ExactHeader, false, "blue", true)]
    [InlineData(HeaderMatchMode.ExactHeader, false, "BLUE", true)]
    [InlineData(HeaderMatchMode.ExactHeader, true, "BLUE", false)]
    [InlineData(HeaderMatchMode.ExactHeader, true, "blue", true)]
    [InlineData(HeaderMatchMode.ExactHeader, false, "bluer", false)]
    [InlineData(HeaderMatchMode.ExactHeader, false, "red, blue", true)]
    [InlineData(HeaderMatchMode.ExactHeader, false, "red,blue ,green", true)]
    [InlineData(HeaderMatchMode.ExactHeader, false, "\"blue\"", true)]
    [InlineData(HeaderMatchMode.ExactHeader, false, "\"red,blue\"", false)]
    [InlineData(HeaderMatchMode.ExactHeader, false, "red; blue", false)]
    [InlineData(HeaderMatchMode.ExactHeader, false, "", false)]
    [InlineData(HeaderMatchMode.HeaderPrefix, false, "bluebird", true)]
    [InlineData(HeaderMatchMode.HeaderPrefix, false, "BlueBird", true)]
    [InlineData(HeaderMatchMode.HeaderPrefix, true, "BlueBird", false)]
    [InlineData(HeaderMatchMode.HeaderPrefix, false, "red, bluebird", true)]
    [InlineData(HeaderMatchMode.HeaderPrefix, false, "a bluebird", false)]
    [InlineData(HeaderMatchMode.Contains, false, "a BLUE bird", true)]
    [InlineData(HeaderMatchMode.Contains, true, "a BLUE bird", false)]
    [InlineData(HeaderMatchMode.Contains, false, "a red bird", false)]
    [InlineData(HeaderMatchMode.NotContains, false, "a red bird", true)]
    [InlineData(HeaderMatchMode.NotContains, false, "a BLUE bird", false)]
    [InlineData(HeaderMatchMode.NotContains, true, "a BLUE bird", true)]
    [InlineData(HeaderMatchMode.NotContains, false, "", false)]
    public async Task Match_OneLine_GoesByMode(HeaderMatchMode mode, bool isCaseSensitive, string sent, bool matches)
    {
        await using var proxy = Proxy("X-Colour", mode, isCaseSensitive, "blue");
        Assert.Equal(matches ? "r" : null, await proxy.RouteOfAsync("http://a/", "GET", ("x-colour", sent)));
    }

    [Theory]
    [InlineData(HeaderMatchMode.ExactHeader, null, false)]
    [InlineData(HeaderMatchMode.Contains, null, false)]
    [InlineData(HeaderMatchMode.NotContains, null, false)]
    [InlineData(HeaderMatchMode.Exists, null, false)]
    [InlineData(HeaderMatchMode.Exists, "", false)]
    [InlineData(HeaderMatchMode.Exists, "x", true)]
    [InlineData(HeaderMatchMode.NotExists, null, true)]
    [InlineData(HeaderMatchMode.NotExists, "", false)]
    [InlineData(HeaderMatchMode.NotExists, "x", false)]
    public async Task Match_Presence_GoesByMode(HeaderMatchMode mode, string? sent, bool matches)
    {
        await using var proxy = Proxy("X-Colour", mode, false, mode is HeaderMatchMode.Exists or HeaderMatchMode.NotExists ? [] : ["blue"]);
        var headers = sent is null ? [] : new[] { ("X-Colour", sent) };
        Assert.Equal(matches ? "r" : null, await proxy.RouteOfAsync("http://a/", "GET", headers));
    }

    [Theory]
    [InlineData(HeaderMatchMode.ExactHeader, true)]
    [InlineData(HeaderMatchMode.HeaderPrefix, true)]
    [InlineData(HeaderMatchMode.Contains, true)]
    [InlineData(HeaderMatchMode.NotContains, false)]
    public async Task Match_SeveralLines_LooksAtAllOfThem(HeaderMatchMode mode, bool matches)
    {
        await using var proxy = Proxy("X-Colour", mode, false, "green", "blue");
        Assert.Equal(matches ? "r" : null, await proxy.RouteOfAsync("http://a/", "GET", ("X-Colour", "red"), ("X-Colour", "blue")));
    }

    [Theory]
    [InlineData("lang=en; theme=dark", true)]
    [InlineData("theme=dark", true)]
    [InlineData("theme=darker; lang=en", false)]
    [InlineData("lang=en, theme=dark", false)]
    public async Task Match_Cookie_IsSplitAtSemicolons(string sent, bool matches)
    {
        await using var proxy = Proxy("Cookie", HeaderMatchMode.ExactHeader, true, "theme=dark");
        Assert.Equal(matches ? "r" : null, await proxy.RouteOfAsync("http://a/", "GET", ("Cookie", sent)));
    }

    [Fact]
    public async Task Match_WholeLineWithCommas_CountsToo()
    {
        await using var proxy = Proxy("X-Date", HeaderMatchMode.ExactHeader, false, "Sun, 06 Nov 1994 08:49:37 GMT");
        Assert.Equal("r", await proxy.RouteOfAsync("http://a/", "GET", ("X-Date", "Sun, 06 Nov 1994 08:49:37 GMT")));
    }

    [Fact]
    public async Task Match_SeveralConditions_AllHaveToHold()
    {
        await using var proxy = ConfiguredProxy.Create(p => p
            .AddCluster("c", _ => { })
            .AddRoute("r", r =>
            {
                r.ClusterId = "c";
                r.Match.Path = "/{**rest}";
                r.Match.Headers = [new() { Name = "A", Values = ["1"] }, new() { Name = "B", Mode = HeaderMatchMode.Exists }];
            }));
        Assert.Null(await proxy.RouteOfAsync("http://a/", "GET", ("A", "1")));
        Assert.Equal("r", await proxy.RouteOfAsync("http://a/", "GET", ("A", "1"), ("B", "2")));
    }

    private static ConfiguredProxy Proxy(string name, HeaderMatchMode mode, bool isCaseSensitive, params string[] values) => ConfiguredProxy.Create(p => p
        .AddCluster("c", _ => { })
        .AddRoute("r", r =>
        {
            r.ClusterId = "c";
            r.Match.Path = "/{**rest}";
            r.Match.Headers = [new() { Name = name, Mode = mode, IsCaseSensitive = isCaseSensitive, Values = [.. values] }];
        }));
}
