using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Net2Secure.Routing.Proxying.Dashboard;

namespace Net2Secure.Routing.Integration.Dashboard;

/// <summary>The stream of the dashboard: whole at first, then what changes; bounded; over with the host.</summary>
public sealed class DashboardStreamTests
{
    private const string Settings = """{ "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}" } } }, "Clusters": { "c": { "Destinations": { "a": { "Address": "http://127.0.0.1:1/" }, "b": { "Address": "http://127.0.0.1:1/" } } } } }""";

    [Fact]
    public async Task Stream_BeginsWhole_ThenTellsWhatChanges()
    {
        using var patience = new CancellationTokenSource(DashboardHost.Patience);
        await using var host = await DashboardHost.StartAsync(Settings);
        using var stream = await WatchAsync(host, patience.Token);
        await using var events = Parse(stream, patience.Token);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("state", events.Current.EventType);
        var state = JsonNode.Parse(events.Current.Data)!;
        using var drained = await host.ActAsync("override", """{ "cluster": "c", "destination": "b", "state": "draining" }""");
        Assert.Equal(HttpStatusCode.NoContent, drained.StatusCode);
        var last = (long)state["sequence"]!;
        var (isDrained, isTold) = (false, false);
        while (!isDrained || !isTold)
        {
            Assert.True(await events.MoveNextAsync());
            Assert.Equal("change", events.Current.EventType);
            var change = JsonNode.Parse(events.Current.Data)!;
            Assert.Equal(++last, (long)change["sequence"]!);
            isDrained |= change["clusters"]![0]!["destinations"]!.AsArray().Any(static d => ((string)d!["id"]!, (string)d["state"]!) == ("b", "draining"));
            isTold |= change["events"]!.AsArray().Any(static e => (string)e!["subject"]! == "c / b");
        }
    }

    [Fact]
    public async Task Stream_EndsWithTheHost()
    {
        using var patience = new CancellationTokenSource(DashboardHost.Patience);
        var host = await DashboardHost.StartAsync(Settings);
        using var stream = await WatchAsync(host, patience.Token);
        await using var events = Parse(stream, patience.Token);
        Assert.True(await events.MoveNextAsync());
        await host.DisposeAsync().AsTask().WaitAsync(DashboardHost.Patience);
    }

    [Fact]
    public async Task Watchers_BeyondTheMost_AreAskedToComeAgain()
    {
        using var patience = new CancellationTokenSource(DashboardHost.Patience);
        await using var host = await DashboardHost.StartAsync(Settings);
        var watching = new List<HttpResponseMessage>();
        try
        {
            for (var i = 0; i < DashboardFeed.MaxWatchers; i++) watching.Add(await WatchAsync(host, patience.Token));
            using var refused = await host.Client.GetAsync(new Uri("/_net2/api/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, patience.Token);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "5"), (refused.StatusCode, refused.Headers.RetryAfter!.ToString()));
            watching[0].Dispose();
            var again = refused.StatusCode;
            while (again != HttpStatusCode.OK)
            {
                using var next = await host.Client.GetAsync(new Uri("/_net2/api/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, patience.Token);
                again = next.StatusCode;
            }
        }
        finally
        {
            watching.ForEach(static w => w.Dispose());
        }
    }

    private static async Task<HttpResponseMessage> WatchAsync(DashboardHost host, CancellationToken cancellationToken)
    {
        var response = await host.Client.GetAsync(new Uri("/_net2/api/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return response;
    }

    private static IAsyncEnumerator<SseItem<string>> Parse(HttpResponseMessage response, CancellationToken cancellationToken) =>
        SseParser.Create(response.Content.ReadAsStream(cancellationToken)).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
}
