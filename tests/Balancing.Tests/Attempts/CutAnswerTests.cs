using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Balancing.Tests.Attempts;

/// <summary>What becomes of an answer after its head, as those who observe a client's attempts hear of it.</summary>
public sealed class CutAnswerTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf")]
    public async Task Body_CutByTheServer_IsToldASecondTime(string answer)
    {
        await using var server = new LoopbackServer(async (_, stream, token) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), token);
            stream.Socket.Shutdown(SocketShutdown.Send);
        });
        using var listener = new Listener();
        await using var provider = Services(server, listener);
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync("/").WaitAsync(Bound));
        Assert.Equal(["answered", "http_response_incomplete AnswerBegun"], listener.Told);
        Assert.Equal(0, listener.Destination!.ConcurrentRequests);
    }

    [Fact]
    public async Task Body_CutWhileItIsStreamed_IsToldASecondTime()
    {
        await using var server = new LoopbackServer(async (_, stream, token) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), token);
            stream.Socket.Shutdown(SocketShutdown.Send);
        });
        using var listener = new Listener();
        await using var provider = Services(server, listener);
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        await using var body = await client.GetStreamAsync("/").WaitAsync(Bound);
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null).WaitAsync(Bound));
        Assert.Equal(["answered", "http_response_incomplete AnswerBegun"], listener.Told);
    }

    [Fact]
    public async Task Body_ReadToItsEnd_IsToldOnce()
    {
        await using var server = new LoopbackServer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfull");
        using var listener = new Listener();
        await using var provider = Services(server, listener);
        Assert.Equal("full", await provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop").GetStringAsync("/").WaitAsync(Bound));
        Assert.Equal(["answered"], listener.Told);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_GivenUpByTheCaller_IsNotTheServersFault(bool cancelled)
    {
        await using var server = new LoopbackServer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        using var listener = new Listener();
        await using var provider = Services(server, listener);
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);
        var body = await response.Content.ReadAsStreamAsync().WaitAsync(Bound);
        await body.ReadExactlyAsync(new byte[4]).AsTask().WaitAsync(Bound);
        if (cancelled)
        {
            using var cancelling = new CancellationTokenSource();
            var reading = body.ReadAsync(new byte[4], cancelling.Token).AsTask();
            await cancelling.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Bound));
        }

        response.Dispose();
        Assert.Equal(["answered"], listener.Told);
        Assert.Equal(0, listener.Destination!.ConcurrentRequests);
    }

    [Fact]
    public async Task Body_TargetOfTheCopyFails_IsNotTheServersFault()
    {
        await using var server = new LoopbackServer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfull");
        using var listener = new Listener();
        await using var provider = Services(server, listener);
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Bound);
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.CopyToAsync(new FullDisk()).WaitAsync(Bound));
        Assert.Equal(["answered"], listener.Told);
        Assert.Equal(0, listener.Destination!.ConcurrentRequests);
    }

    private static ServiceProvider Services(LoopbackServer server, Listener listener)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IClusterFeatureFactory>(listener);
        services.AddNet2Balancing().AddCluster("shop", c => c.Destinations["a"] = new DestinationOptions { Address = server.Address });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        return services.BuildServiceProvider();
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("The disk is full.");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("The disk is full.");

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => throw new IOException("The disk is full.");
    }

    private sealed class Listener : IClusterFeatureFactory, IClusterFeature, IAttemptObserver
    {
        public List<string> Told { get; } = [];

        public Destination? Destination { get; private set; }

        public IClusterFeature Create(Cluster cluster) => this;

        public void Configure(ClusterSnapshot snapshot)
        {
        }

        public void OnStarted(Destination destination, HttpRequestMessage request) => Destination = destination;

        public void OnEnded(in AttemptOutcome outcome) =>
            Told.Add(outcome.IsCut ? $"{outcome.Failure!.Value.Kind} {outcome.Failure.Value.Sent}" : outcome.Failure is { } failure ? failure.Kind : "answered");

        public void Dispose()
        {
        }
    }
}
