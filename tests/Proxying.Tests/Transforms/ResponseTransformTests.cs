using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Transforms;

/// <summary>Changes of response and trailer fields, through the whole proxy.</summary>
public sealed class ResponseTransformTests
{
    [Theory]
    [InlineData("[ { \"ResponseHeadersCopy\": \"true\" } ]", "A", "1|2")]
    [InlineData("[ { \"ResponseHeadersCopy\": \"false\" } ]", "A", "")]
    [InlineData("[ { \"ResponseHeader\": \"A\", \"Set\": \"x\" } ]", "A", "x")]
    [InlineData("[ { \"ResponseHeader\": \"A\", \"Append\": \"x\" } ]", "A", "1|2|x")]
    [InlineData("[ { \"ResponseHeader\": \"A\", \"Set\": \"\" } ]", "A", "")]
    [InlineData("[ { \"ResponseHeadersCopy\": \"false\" }, { \"ResponseHeader\": \"A\", \"Append\": \"x\" } ]", "A", "1|2|x")]
    [InlineData("[ { \"ResponseHeaderRemove\": \"a\" } ]", "A", "")]
    [InlineData("[ { \"ResponseHeadersAllowed\": \"A;C\" } ]", "A", "1|2")]
    [InlineData("[ { \"ResponseHeadersAllowed\": \"A;C\" } ]", "B", "")]
    [InlineData("[ { \"ResponseHeadersAllowed\": \"Hop\" } ]", "Hop", "")]
    [InlineData("[ { \"ResponseTrailersCopy\": \"true\" } ]", "T", "1")]
    [InlineData("[ { \"ResponseTrailersCopy\": \"false\" } ]", "T", "")]
    [InlineData("[ { \"ResponseTrailer\": \"T\", \"Set\": \"x\" } ]", "T", "x")]
    [InlineData("[ { \"ResponseTrailer\": \"T\", \"Append\": \"x\" } ]", "T", "1|x")]
    [InlineData("[ { \"ResponseTrailersCopy\": \"false\" }, { \"ResponseTrailer\": \"T\", \"Append\": \"x\" } ]", "T", "1|x")]
    [InlineData("[ { \"ResponseTrailerRemove\": \"t\" } ]", "T", "")]
    [InlineData("[ { \"ResponseTrailersAllowed\": \"U\" } ]", "T", "")]
    [InlineData("[ { \"ResponseTrailersAllowed\": \"U\" } ]", "U", "2")]
    public async Task Entries_ChangeFieldsAndTrailers(string transforms, string name, string expected)
    {
        await using var proxy = FromJson(transforms);
        Assert.Equal(expected, await FieldAsync(proxy, name));
    }

    [Theory]
    [InlineData("ResponseHeader", "Success", HttpStatusCode.OK, true)]
    [InlineData("ResponseHeader", "Success", HttpStatusCode.NotFound, false)]
    [InlineData("ResponseHeader", "Failure", HttpStatusCode.OK, false)]
    [InlineData("ResponseHeader", "Failure", HttpStatusCode.BadGateway, true)]
    [InlineData("ResponseHeader", "Always", HttpStatusCode.OK, true)]
    [InlineData("ResponseHeader", "always", HttpStatusCode.InternalServerError, true)]
    [InlineData("ResponseHeader", null, HttpStatusCode.OK, true)]
    [InlineData("ResponseHeader", null, HttpStatusCode.BadRequest, false)]
    [InlineData("ResponseTrailer", "Success", HttpStatusCode.OK, true)]
    [InlineData("ResponseTrailer", "Failure", HttpStatusCode.OK, false)]
    [InlineData("ResponseTrailer", "Failure", HttpStatusCode.NotFound, true)]
    [InlineData("ResponseTrailer", null, HttpStatusCode.NotFound, false)]
    public async Task When_SaysForWhichResponses(string transform, string? when, HttpStatusCode status, bool applied)
    {
        var condition = when is null ? "" : $", \"When\": \"{when}\"";
        await using var proxy = FromJson($"[ {{ \"{transform}\": \"N\", \"Set\": \"x\"{condition} }} ]", status);
        Assert.Equal(applied ? "x" : "", await FieldAsync(proxy, "N"));
    }

    [Theory]
    [InlineData("ResponseHeaderRemove", "A", "Success", HttpStatusCode.OK, "")]
    [InlineData("ResponseHeaderRemove", "A", "Success", HttpStatusCode.NotFound, "1|2")]
    [InlineData("ResponseTrailerRemove", "T", "Failure", HttpStatusCode.OK, "1")]
    [InlineData("ResponseTrailerRemove", "T", "Always", HttpStatusCode.OK, "")]
    public async Task When_HoldsForRemovalsToo(string transform, string name, string when, HttpStatusCode status, string expected)
    {
        await using var proxy = FromJson($"[ {{ \"{transform}\": \"{name}\", \"When\": \"{when}\" }} ]", status);
        Assert.Equal(expected, await FieldAsync(proxy, name));
    }

    [Fact]
    public async Task When_Failure_CountsTheProxysOwnAnswers()
    {
        await using var proxy = ConfiguredProxy.FromJson(Json("[ { \"ResponseHeader\": \"N\", \"Set\": \"x\", \"When\": \"Failure\" } ]"));
        using var client = await proxy.StartAsync();
        using var response = await client.GetAsync("/");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("x", response.Headers.GetValues("N").Single());
    }

    [Fact]
    public async Task Code_MakesTheSameChanges()
    {
        await using var proxy = ConfiguredProxy.FromJson(Json("[]"), answer: _ => Answer(HttpStatusCode.OK), proxy: p => p.AddTransforms(c => c
            .AddResponseHeader("A", "x").AddResponseHeader("N", "y", append: false, ResponseCondition.Always).AddResponseHeaderRemove("B")
            .AddResponseTrailer("T", "z").AddResponseTrailerRemove("U")));
        Assert.Equal(["1|2|x", "y", "", "1|z", ""], [await FieldAsync(proxy, "A"), await FieldAsync(proxy, "N"), await FieldAsync(proxy, "B"), await FieldAsync(proxy, "T"), await FieldAsync(proxy, "U")]);
    }

    [Fact]
    public async Task CodeLists_AllowFieldsAndTrailers()
    {
        await using var proxy = ConfiguredProxy.FromJson(Json("[]"), answer: _ => Answer(HttpStatusCode.OK), proxy: p => p.AddTransforms(c => c
            .AddResponseHeadersAllowed("B").AddResponseTrailersAllowed("U")));
        Assert.Equal(["", "3", "", "2"], [await FieldAsync(proxy, "A"), await FieldAsync(proxy, "B"), await FieldAsync(proxy, "T"), await FieldAsync(proxy, "U")]);
    }

    [Fact]
    public async Task RouteExtensions_AddTheEntries()
    {
        await using var proxy = ConfiguredProxy.Create(
            p => p.AddCluster("c", _ => { }).AddRoute("r", r =>
            {
                (r.ClusterId, r.Match.Path) = ("c", "/{**rest}");
                r.WithTransformCopyResponseHeaders().WithTransformResponseHeader("A", "x", append: false).WithTransformResponseHeaderRemove("B")
                    .WithTransformCopyResponseTrailers().WithTransformResponseTrailer("T", "y", append: false).WithTransformResponseTrailerRemove("U");
            }),
            answer: _ => Answer(HttpStatusCode.OK));
        Assert.Equal(["x", "", "y", ""], [await FieldAsync(proxy, "A"), await FieldAsync(proxy, "B"), await FieldAsync(proxy, "T"), await FieldAsync(proxy, "U")]);
    }

    [Fact]
    public async Task Delegates_SeeAndChangeResponsesAndTrailers()
    {
        await using var proxy = ConfiguredProxy.FromJson(Json("[]"), answer: _ => Answer(HttpStatusCode.OK), proxy: p => p.AddTransforms(c => c
            .AddResponseTransform(context =>
            {
                context.HttpContext.Response.StatusCode = StatusCodes.Status202Accepted;
                context.HttpContext.Response.Headers["N"] = ResponseTransform.TakeHeader(context, "A");
                return default;
            })
            .AddResponseTrailersTransform(context =>
            {
                ResponseTrailersTransform.AddHeader(context, "T", "more");
                return default;
            })));
        Assert.Equal(["1|2", "", "1|more"], [await FieldAsync(proxy, "N", HttpStatusCode.Accepted), await FieldAsync(proxy, "A", HttpStatusCode.Accepted), await FieldAsync(proxy, "T", HttpStatusCode.Accepted)]);
    }

    [Fact]
    public async Task SuppressResponseBody_SendsTheHeadOnly()
    {
        await using var proxy = ConfiguredProxy.FromJson(Json("[]"), answer: _ => Answer(HttpStatusCode.OK), proxy: p => p.AddTransforms(c => c.AddResponseTransform(context =>
        {
            context.SuppressResponseBody = true;
            context.HttpContext.Response.ContentLength = null;
            return default;
        })));
        using var client = await proxy.StartAsync();
        Assert.Equal("", await client.GetStringAsync("/"));
    }

    [Fact]
    public async Task RequestTransform_ThatAnswersItself_KeepsTheRequest()
    {
        var asked = false;
        await using var proxy = ConfiguredProxy.FromJson(
            Json("[]"),
            answer: _ =>
            {
                asked = true;
                return Answer(HttpStatusCode.OK);
            },
            proxy: p => p.AddTransforms(c => c.AddRequestTransform(context => new(context.HttpContext.Response.WriteAsync("mine")))));
        using var client = await proxy.StartAsync();
        Assert.Equal("mine", await client.GetStringAsync("/"));
        Assert.False(asked);
    }

    [Fact]
    public async Task CustomFactory_TeachesConfigurationAKey()
    {
        await using var proxy = ConfiguredProxy.FromJson(
            Json("[ { \"Stamp\": \"N\", \"Text\": \"y\" } ]"), answer: _ => Answer(HttpStatusCode.OK), proxy: p => p.AddTransformFactory<StampFactory>().AddTransformFactory<StampFactory>());
        Assert.Equal("y", await FieldAsync(proxy, "N"));
    }

    [Fact]
    public void CustomFactory_ErrorsAndUnknownKeys_AreReportedWithTheirPaths()
    {
        var errors = Assert.Throws<ProxyConfigException>(() => ConfiguredProxy.FromJson(
            Json("[ { \"Stamp\": \"N\" }, { \"Stamp\": \"N\", \"Text\": \"y\", \"Txet\": \"z\" }, { \"Stamp\": \"throw\", \"Text\": \"y\" } ]"), proxy: p => p.AddTransformFactory<StampFactory>())).Errors;
        Assert.Equal(
            ["Net2Proxy:Routes:r:Transforms:0:Text", "Net2Proxy:Routes:r:Transforms:1:Txet", "Net2Proxy:Routes:r:Transforms:2:Stamp"], errors.Select(e => e.Path));
    }

    [Fact]
    public async Task CustomProvider_IsAskedForEachRouteAndMayReadItsMetadata()
    {
        await using var proxy = ConfiguredProxy.FromJson(Json("[]", "\"Metadata\": { \"Stamp\": \"z\" }"), answer: _ => Answer(HttpStatusCode.OK), proxy: p => p.AddTransforms<StampProvider>());
        Assert.Equal("z", await FieldAsync(proxy, "N"));
        var error = Assert.Single(Assert.Throws<ProxyConfigException>(() => ConfiguredProxy.FromJson(Json("[]"), proxy: p => p.AddTransforms<StampProvider>())).Errors);
        Assert.Equal("Net2Proxy:Routes:r:Metadata:Stamp", error.Path);
    }

    private static string Json(string transforms, string more = "\"Order\": 1") =>
        $$"""{ "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}" }, {{more}}, "Transforms": {{transforms}} } }, "Clusters": { "c": {} } } }""";

    private static ConfiguredProxy FromJson(string transforms, HttpStatusCode status = HttpStatusCode.OK) => ConfiguredProxy.FromJson(Json(transforms), answer: _ => Answer(status));

    private static HttpResponseMessage Answer(HttpStatusCode status)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent("body") };
        response.Headers.Add("A", ["1", "2"]);
        response.Headers.Add("B", "3");
        response.Headers.Add("Hop", "4");
        response.Headers.Connection.Add("Hop");
        response.TrailingHeaders.Add("T", "1");
        response.TrailingHeaders.Add("U", "2");
        return response;
    }

    // HTTP/2, where the server itself sends trailers.
    private static async Task<string> FieldAsync(ConfiguredProxy proxy, string name, HttpStatusCode? status = null)
    {
        if (!proxy.IsStarted) await proxy.StartAsync();
        using var client = proxy.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/a") { Version = HttpVersion.Version20 };
        using var response = await client.SendAsync(request);
        await response.Content.ReadAsStringAsync();
        if (status is not null) Assert.Equal(status, response.StatusCode);
        return response.Headers.TryGetValues(name, out var values) || response.TrailingHeaders.TryGetValues(name, out values) ? string.Join('|', values) : "";
    }

    private sealed class StampFactory : ITransformFactory
    {
        public IReadOnlyCollection<string> Keys => ["Stamp"];

        public void Build(TransformBuilderContext context, TransformEntry entry)
        {
            if (entry.Find("Text") is not { } text) entry.Error("Text", "is required.");
            else if (entry.Value == "throw") throw new InvalidOperationException("Cannot.");
            else context.AddResponseHeader(entry.Value, text);
        }
    }

    private sealed class StampProvider : ITransformProvider
    {
        public void Apply(TransformBuilderContext context)
        {
            if (context.Route.Metadata.TryGetValue("stamp", out var text)) context.AddResponseHeader("N", text);
            else context.AddError("Metadata:Stamp", "is required here.");
        }
    }
}
