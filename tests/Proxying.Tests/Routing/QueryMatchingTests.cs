using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Routing;

/// <summary>Conditions on query parameters, in every mode.</summary>
public sealed class QueryMatchingTests
{
    [Theory]
    [InlineData(QueryParameterMatchMode.Exact, false, "?colour=blue", true)]
    [InlineData(QueryParameterMatchMode.Exact, false, "?colour=BLUE", true)]
    [InlineData(QueryParameterMatchMode.Exact, true, "?colour=BLUE", false)]
    [InlineData(QueryParameterMatchMode.Exact, false, "?COLOUR=blue", true)]
    [InlineData(QueryParameterMatchMode.Exact, false, "?colour=bl%75e", true)]
    [InlineData(QueryParameterMatchMode.Exact, false, "?colour=bluer", false)]
    [InlineData(QueryParameterMatchMode.Exact, false, "?colour=blue&colour=blue", false)]
    [InlineData(QueryParameterMatchMode.Exact, false, "?colour=", false)]
    [InlineData(QueryParameterMatchMode.Exact, false, "", false)]
    [InlineData(QueryParameterMatchMode.Prefix, false, "?a=1&colour=BlueBird", true)]
    [InlineData(QueryParameterMatchMode.Prefix, true, "?colour=BlueBird", false)]
    [InlineData(QueryParameterMatchMode.Prefix, false, "?colour=a+bluebird", false)]
    [InlineData(QueryParameterMatchMode.Contains, false, "?colour=a+BLUE+bird", true)]
    [InlineData(QueryParameterMatchMode.Contains, true, "?colour=a+BLUE+bird", false)]
    [InlineData(QueryParameterMatchMode.Contains, false, "?colour=red", false)]
    [InlineData(QueryParameterMatchMode.NotContains, false, "?colour=red", true)]
    [InlineData(QueryParameterMatchMode.NotContains, false, "?colour=a+BLUE+bird", false)]
    [InlineData(QueryParameterMatchMode.NotContains, true, "?colour=a+BLUE+bird", true)]
    [InlineData(QueryParameterMatchMode.NotContains, false, "", false)]
    [InlineData(QueryParameterMatchMode.NotContains, false, "?colour=red&colour=green", false)]
    [InlineData(QueryParameterMatchMode.Exists, false, "?colour=x", true)]
    [InlineData(QueryParameterMatchMode.Exists, false, "?colour=x&colour=y", true)]
    [InlineData(QueryParameterMatchMode.Exists, false, "?colour=", false)]
    [InlineData(QueryParameterMatchMode.Exists, false, "?other=x", false)]
    public async Task Match_Parameter_GoesByMode(QueryParameterMatchMode mode, bool isCaseSensitive, string query, bool matches)
    {
        await using var proxy = ConfiguredProxy.Create(p => p
            .AddCluster("c", _ => { })
            .AddRoute("r", r =>
            {
                r.ClusterId = "c";
                r.Match.Path = "/{**rest}";
                r.Match.QueryParameters = [new() { Name = "colour", Mode = mode, IsCaseSensitive = isCaseSensitive, Values = mode == QueryParameterMatchMode.Exists ? [] : ["green", "blue"] }];
            }));
        Assert.Equal(matches ? "r" : null, await proxy.RouteOfAsync("http://a/" + query));
    }
}
