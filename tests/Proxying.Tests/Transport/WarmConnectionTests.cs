using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

public sealed class WarmConnectionTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    [Fact]
    public async Task KeepWarm_OpensAsManyConnectionsAsAsked_BeforeAnyRequest()
    {
        await using var origin = ScriptedOrigin.Answering(Answer);
        using var client = new TransportClient(new Http1TransportOptions { WarmConnectionsPerEndpoint = 3 });

        client.Handler.KeepWarm([origin.Uri]);

        await TransportClient.UntilAsync(() => client.Handler.FindPool(origin.Uri)?.IdleCount == 3);
        Assert.Equal("hi", await client.GetTextAsync(origin.Uri));
        Assert.Equal(3, client.Handler.FindPool(origin.Uri)!.OpenCount);
    }

    [Fact]
    public async Task KeepWarm_ConnectionsThatTheDestinationClosed_AreReplacedInTime()
    {
        var time = new ManualTimeProvider();
        await using var origin = ScriptedOrigin.Answering(Answer);
        using var client = new TransportClient(
            new Http1TransportOptions { WarmConnectionsPerEndpoint = 2, ConnectTimeout = TimeSpan.FromMinutes(5), PooledConnectionIdleTimeout = TimeSpan.FromHours(1) }, time);
        client.Handler.KeepWarm([origin.Uri]);
        await TransportClient.UntilAsync(() => client.Handler.FindPool(origin.Uri)?.IdleCount == 2 && origin.Connections == 2);

        origin[0].Dispose();
        origin[1].Dispose();

        // The end of a connection may take a moment to arrive; each sweep looks anew.
        await TransportClient.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(15));
            return origin.Connections >= 4 && client.Handler.FindPool(origin.Uri)!.IdleCount == 2;
        });
    }

    [Fact]
    public async Task KeepWarm_DestinationThatRefuses_IsTriedAgainAndHarmsNothing()
    {
        var time = new ManualTimeProvider();
        var origin = ScriptedOrigin.Answering(Answer);
        var uri = origin.Uri;
        await origin.DisposeAsync();
        using var client = new TransportClient(new Http1TransportOptions { WarmConnectionsPerEndpoint = 2, ConnectTimeout = TimeSpan.FromMinutes(5) }, time);

        client.Handler.KeepWarm([uri]);
        await TransportClient.UntilAsync(() => client.Handler.FindPool(uri)?.OpenCount == 0);
        time.Advance(TimeSpan.FromSeconds(15));

        await TransportClient.UntilAsync(() => client.Handler.FindPool(uri)?.OpenCount == 0);
    }

    [Fact]
    public async Task KeepWarm_NothingAsked_OpensNothing()
    {
        await using var origin = ScriptedOrigin.Answering(Answer);
        using var client = new TransportClient();

        client.Handler.KeepWarm([origin.Uri]);

        Assert.Null(client.Handler.FindPool(origin.Uri));
    }
}
