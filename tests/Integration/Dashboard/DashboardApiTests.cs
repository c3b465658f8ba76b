using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Protocol;

namespace Net2Secure.Routing.Integration.Dashboard;

/// <summary>What the dashboard's API tells and does, over sockets.</summary>
public sealed class DashboardApiTests : IAsyncLifetime
{
    private WebApplication? _backend;
    private DashboardHost? _host;

    private DashboardHost Host => _host!;

    public async ValueTask InitializeAsync()
    {
        _backend = await DashboardHost.StartBackendAsync();
        var url = _backend.Urls.First();
        _host = await DashboardHost.StartAsync($$"""
            { "Explain": { "Enabled": true },
              "Routes": { "shop": { "ClusterId": "shop", "Match": { "Path": "/{**rest}" } },
                          "images": { "ClusterId": "images", "Match": { "Path": "/images/{**rest}" }, "ResponseCache": { "Enabled": true } } },
              "Clusters": { "shop": { "LoadBalancingPolicy": "RoundRobin", "Destinations": { "a": { "Address": "{{url}}/", "Zone": "eu" }, "b": { "Address": "{{url}}/", "Weight": 3 } } },
                            "images": { "Destinations": { "cdn": { "Address": "{{url}}/" } } } } }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_backend is not null) await _backend.DisposeAsync();
    }

    [Fact]
    public async Task State_BeforeAnyRequest_TellsWhatIsThere()
    {
        var state = await Host.StateAsync();
        Assert.Equal(["images", "shop"], state["clusters"]!.AsArray().Select(c => (string?)c!["id"]));
        var shop = Cluster(state, "shop");
        Assert.Equal(("RoundRobin", 2, false), ((string?)shop["policy"], (int)shop["usable"]!, (bool)shop["isPanic"]!));
        var b = Destination(shop, "b");
        Assert.Equal((3, 3, 0.75, "unknown", "none"), ((int)b["weight"]!, (int)b["configuredWeight"]!, (double)b["share"]!, (string?)b["state"], (string?)b["override"]));
        Assert.Equal("eu", (string?)Destination(shop, "a")["zone"]);
        Assert.Equal([("images", "/images/{**rest}", true), ("shop", "/{**rest}", false)], state["routes"]!.AsArray().Select(r => ((string)r!["id"]!, (string)r["match"]!, (bool)r["isCached"]!)));
        Assert.Empty(state["problems"]!.AsArray());
        Assert.Null(shop["traffic"]!["p99"]);
    }

    [Fact]
    public async Task State_UnderTraffic_CountsRequestsErrorsAndTimes()
    {
        await Host.StateAsync();
        for (var i = 0; i < 8; i++) await Host.Client.GetStringAsync(new Uri("/x", UriKind.Relative));
        for (var i = 0; i < 8; i++) (await Host.Client.GetAsync(new Uri("/status/500", UriKind.Relative))).Dispose();
        var state = await Host.StateAsync(static s => (double)Cluster(s, "shop")["traffic"]!["errorShare"]! == 0.5);
        var shop = Cluster(state, "shop");
        Assert.True((double)shop["traffic"]!["requestsPerSecond"]! > 0);
        Assert.True((double)shop["traffic"]!["p50"]! > 0);
        Assert.True((double)shop["traffic"]!["p99"]! >= (double)shop["traffic"]!["p50"]!);
        Assert.True((double)Destination(shop, "b")["traffic"]!["requestsPerSecond"]! > (double)Destination(shop, "a")["traffic"]!["requestsPerSecond"]!);
        Assert.True((double)state["routes"]![1]!["traffic"]!["requestsPerSecond"]! > 0);
        Assert.Equal(0, (double)state["routes"]![0]!["traffic"]!["requestsPerSecond"]!);
        Assert.Contains(shop["history"]!["errorsPerSecond"]!.AsArray(), static e => (double)e! > 0);
    }

    [Fact]
    public async Task Cache_HitsAndMisses_AreTold_AndPurged()
    {
        await Host.StateAsync();
        for (var i = 0; i < 4; i++) await Host.Client.GetStringAsync(new Uri("/images/logo", UriKind.Relative));
        var state = await Host.StateAsync(static s => (long)s["routes"]![0]!["cache"]!["hit"]! == 3 && s["cache"]!["hitShare"] is not null);
        Assert.Equal((3, 1, 0.75), ((int)state["cache"]!["results"]!["hit"]!, (int)state["cache"]!["results"]!["miss"]!, (double)state["cache"]!["hitShare"]!));
        Assert.Equal("""{"hit":3,"stale":0,"revalidated":0,"collapsed":0,"miss":1,"pass":0,"unavailable":0,"servedBytes":15}""", state["routes"]![0]!["cache"]!.ToJsonString());
        Assert.Null(state["routes"]![1]!["cache"]);
        Assert.Equal(1, (int)state["cache"]!["entries"]!);
        using var purged = await Host.ActAsync("purge", """{ "everything": true }""");
        Assert.Equal((HttpStatusCode.OK, """{"purged":1,"complete":true}"""), (purged.StatusCode, await purged.Content.ReadAsStringAsync()));
        Assert.Equal(0, (int)(await Host.StateAsync())["cache"]!["entries"]!);
        Assert.Contains(Host.Log.Lines, static l => l.Contains("has purged the response cache", StringComparison.Ordinal));
        Assert.Contains(await EventsAsync(), static e => ((string)e!["kind"]!, (string)e["subject"]!) == ("operator", "Response cache"));
    }

    [Fact]
    public async Task Override_Drain_TakesTheDestinationOutAndSaysWho()
    {
        await Host.StateAsync();
        using var response = await Host.ActAsync("override", """{ "cluster": "shop", "destination": "b", "state": "draining", "reason": "a new\nversion" }""");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var state = await Host.StateAsync();
        var b = Destination(Cluster(state, "shop"), "b");
        Assert.Equal(("draining", "draining", 0.0, "by somebody at 127.0.0.1: a new version"), ((string?)b["state"], (string?)b["override"], (double)b["share"]!, (string?)b["reason"]));
        Assert.Equal("shop / b", (string?)Assert.Single(state["problems"]!.AsArray())!["subject"]);
        var line = Assert.Single(Host.Log.Lines, static l => l.Contains(" 4800 ", StringComparison.Ordinal));
        Assert.Equal("Information 4800 somebody at 127.0.0.1 has asked: draining for destination b of cluster shop. Reason: a new version", line);
        using var back = await Host.ActAsync("override", """{ "cluster": "shop", "destination": "b", "state": "none" }""");
        Assert.Equal(0.75, (double)Destination(Cluster(await Host.StateAsync(), "shop"), "b")["share"]!);
        // The events come by a reader of their own.
        await Eventually.TrueAsync(async () => (await EventsAsync()).Any(static e => (string)e!["subject"]! == "shop / b" && ((string)e["text"]!).StartsWith("Draining: by somebody", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Weight_IsSetAndTakenBack()
    {
        using var response = await Host.ActAsync("weight", """{ "cluster": "SHOP", "destination": "A", "weight": 9 }""");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var a = Destination(Cluster(await Host.StateAsync(), "shop"), "a");
        Assert.Equal((9, 1, 0.75), ((int)a["weight"]!, (int)a["configuredWeight"]!, (double)a["share"]!));
        using var back = await Host.ActAsync("weight", """{ "cluster": "shop", "destination": "a", "weight": null }""");
        Assert.Equal(0.25, (double)Destination(Cluster(await Host.StateAsync(), "shop"), "a")["share"]!);
    }

    [Theory]
    [InlineData("override", """{ "cluster": "shop", "destination": "b", "state": "drain" }""", HttpStatusCode.BadRequest, "state is 'drain'")]
    [InlineData("override", """{ "cluster": "shop", "destination": "z", "state": "draining" }""", HttpStatusCode.NotFound, "no destination 'z'")]
    [InlineData("override", """{ "destination": "b", "state": "draining" }""", HttpStatusCode.BadRequest, "cluster is missing")]
    [InlineData("override", """{ "cluster": "shop", "destination": "b", "state": "draining", "force": true }""", HttpStatusCode.BadRequest, "force")]
    [InlineData("override", "null", HttpStatusCode.BadRequest, "an object is expected")]
    [InlineData("weight", """{ "cluster": "shop", "destination": "b", "weight": 65536 }""", HttpStatusCode.BadRequest, "weight is 65536")]
    [InlineData("weight", """{ "cluster": "shop", "destination": "b", "weight": -1 }""", HttpStatusCode.BadRequest, "weight is -1")]
    [InlineData("purge", """{ "uris": ["/a"] }""", HttpStatusCode.BadRequest, "an absolute URI")]
    public async Task Action_ThatCannotBeCarriedOut_IsRefusedByName(string action, string body, HttpStatusCode status, string message)
    {
        using var response = await Host.ActAsync(action, body);
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(message, (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Action_WithABodyTooLarge_IsRefused()
    {
        using var response = await Host.ActAsync("override", $$"""{ "cluster": "{{new string('x', 20_000)}}" }""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Requests_AreToldWithWhyTheyWentWhereTheyWent()
    {
        await Host.Client.GetStringAsync(new Uri("/why?secret=1", UriKind.Relative));
        JsonArray? requests = null;
        using var patience = new CancellationTokenSource(DashboardHost.Patience);
        while (requests is not { Count: 1 })
        {
            patience.Token.ThrowIfCancellationRequested();
            requests = JsonNode.Parse(await Host.Client.GetStringAsync(new Uri("/_net2/api/requests?kind=recent&text=why&limit=5", UriKind.Relative)))!["requests"]!.AsArray();
        }

        var request = requests[0]!;
        Assert.Equal(("shop", "/why?secret=*", 200), ((string?)request["routeId"], (string?)request["target"], (int)request["status"]!));
        Assert.Equal(2, request["candidates"]!.AsArray().Count);
        var one = await Host.Client.GetStringAsync(new Uri($"/_net2/api/requests/{request["id"]}", UriKind.Relative));
        Assert.Equal(request.ToJsonString(), JsonNode.Parse(one)!.ToJsonString());
        using var unknown = await Host.Client.GetAsync(new Uri("/_net2/api/requests/999999", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var wrong = await Host.Client.GetAsync(new Uri("/_net2/api/requests?limit=many", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task Description_NamesTheRoutesThatAreMapped_AndTheMembersThatAreSent()
    {
        var description = JsonNode.Parse(await Host.Client.GetStringAsync(new Uri("/_net2/api/openapi.json", UriKind.Relative)))!;
        var described = description["paths"]!.AsObject().SelectMany(static p => p.Value!.AsObject().Select(m => $"{m.Key.ToUpperInvariant()} {p.Key}"));
        var mapped = Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(static e => e.RoutePattern.RawText!.StartsWith("/_net2/api/", StringComparison.Ordinal))
            .Select(static e => $"{e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]} {e.RoutePattern.RawText!["/_net2".Length..].Replace(":long", "", StringComparison.Ordinal)}");
        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));

        var schemas = description["components"]!["schemas"]!;
        await Host.Client.GetStringAsync(new Uri("/x", UriKind.Relative));
        Fits((await Host.StateAsync())!, schemas["State"]!, schemas, "State");
        Fits(JsonNode.Parse(await Host.Client.GetStringAsync(new Uri("/_net2/api/events", UriKind.Relative)))!, schemas["EventList"]!, schemas, "EventList");
        Fits(JsonNode.Parse(await Host.Client.GetStringAsync(new Uri("/_net2/api/requests", UriKind.Relative)))!, schemas["RequestList"]!, schemas, "RequestList");
    }

    private static JsonNode Cluster(JsonNode state, string id) => state["clusters"]!.AsArray().Single(c => (string?)c!["id"] == id)!;

    private static JsonNode Destination(JsonNode cluster, string id) => cluster["destinations"]!.AsArray().Single(d => (string?)d!["id"] == id)!;

    private async Task<JsonArray> EventsAsync() => JsonNode.Parse(await Host.Client.GetStringAsync(new Uri("/_net2/api/events", UriKind.Relative)))!["events"]!.AsArray();

    // As much of JSON Schema as the description uses: members, types, and where they are named elsewhere.
    private static void Fits(JsonNode? value, JsonNode schema, JsonNode schemas, string path)
    {
        if ((string?)schema["$ref"] is { } reference) schema = schemas[reference[(reference.LastIndexOf('/') + 1)..]]!;
        var types = schema["type"] is JsonArray several ? several.Select(static t => (string)t!).ToList() : schema["type"] is { } one ? [(string)one!] : [];
        var kind = value?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null",
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            _ => "boolean",
        };
        Assert.True(types.Contains(kind) || (kind == "number" && types.Contains("integer")), $"{path} is {kind}, described as {string.Join(" or ", types)}.");
        if (value is JsonArray items)
        {
            foreach (var item in items) Fits(item, schema["items"]!, schemas, path + "[]");
        }
        else if (value is JsonObject members && schema["properties"] is JsonObject properties)
        {
            foreach (var (name, member) in members) Fits(member, properties[name] ?? throw new Xunit.Sdk.XunitException($"{path}.{name} is not described."), schemas, $"{path}.{name}");
            foreach (var required in schema["required"]!.AsArray()) Assert.True(members.ContainsKey((string)required!), $"{path}.{required} is described and missing.");
        }
    }
}
