using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Net2Secure.Routing.Proxying.Serving;
using Net2Secure.Routing.Proxying.Tests.Polling;

namespace Net2Secure.Routing.Proxying.Tests.Serving;

public sealed class PolledTransportTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bind_ToAnAddressThatIsTaken_SaysSo()
    {
        var transport = AcceptedConnection.CreateTransport(new CountedMemory(), TimeProvider.System);
        await using var first = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Stop);

        await Assert.ThrowsAsync<AddressInUseException>(() => transport.BindAsync(first.EndPoint, Stop).AsTask());
    }

    [Fact]
    public async Task Unbind_EndsAccepting()
    {
        var transport = AcceptedConnection.CreateTransport(new CountedMemory(), TimeProvider.System);
        await using var listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), Stop);
        var accepting = listener.AcceptAsync(Stop).AsTask();

        await listener.UnbindAsync(Stop);

        Assert.Null(await accepting.WaitAsync(TestBounds.Wait, Stop));
    }

    [Fact]
    public async Task Bind_ToAUnixSocket_IsLeftToThePlatform()
    {
        var transport = AcceptedConnection.CreateTransport(new CountedMemory(), TimeProvider.System);
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var endpoint = new UnixDomainSocketEndPoint(Path.Combine(directory.FullName, "s"));
            Assert.True(transport.CanBind(endpoint));
            Assert.False(transport.CanBind(new DnsEndPoint("localhost", 80)));

            await using var listener = await transport.BindAsync(endpoint, Stop);

            Assert.IsNotType<PolledListener>(listener);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Connection_OffersWhatTheServersOwnDoes_AndLetsItBeReplaced()
    {
        await using var accepted = await AcceptedConnection.CreateAsync();
        var features = accepted.Connection.Features;

        Assert.Equal(accepted.Client.LocalEndPoint, features.Get<IConnectionEndPointFeature>()!.RemoteEndPoint);
        Assert.Equal(accepted.Client.RemoteEndPoint, features.Get<IConnectionEndPointFeature>()!.LocalEndPoint);
        Assert.NotNull(features.Get<IMemoryPoolFeature>()!.MemoryPool);
        Assert.NotEmpty(features.Get<IConnectionIdFeature>()!.ConnectionId);
        Assert.NotNull(features.Get<IConnectionSocketFeature>()!.Socket);
        Assert.NotNull(features.Get<IConnectionLifetimeFeature>());
        Assert.NotNull(features.Get<IConnectionItemsFeature>()!.Items);
        Assert.Same(accepted.Connection.Transport, features.Get<IConnectionTransportFeature>()!.Transport);
        Assert.Null(features.Get<IDisposable>());
        Assert.Equal(features.Select(static f => f.Key).Distinct().Count(), features.Count());

        var other = new OtherId();
        features.Set<IConnectionIdFeature>(other);
        Assert.Same(other, features.Get<IConnectionIdFeature>());
        Assert.Single(features, static f => f.Key == typeof(IConnectionIdFeature));
        features.Set<IConnectionSocketFeature>(null);
        Assert.Null(features.Get<IConnectionSocketFeature>());
        Assert.Equal(2, features.Revision);
    }

    private sealed class OtherId : IConnectionIdFeature
    {
        public string ConnectionId { get; set; } = "other";
    }
}
