using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Http2;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Peers;

/// <summary>gRPC between a client and a server that know nothing of this proxy, through it.</summary>
public sealed class GrpcTests(GrpcTests.Runs runs) : IClassFixture<GrpcTests.Runs>
{
    public static TheoryData<string, string> Cases { get; } = new()
    {
        { "unary", "unary:hello asked after 00ff OK" },
        { "large", "True" },
        { "client_stream", "a,b,c" },
        { "server_stream", "part 0;part 1;part 2;part 3;part 4" },
        { "bidi", "echo:0 echo:1 echo:2 echo:3 echo:4 [] OK" },
        { "fail", @"FAILED_PRECONDITION 'not now: caf\xe9'" },
        { "fail_late", "one DATA_LOSS lost" },
        { "unknown", "UNIMPLEMENTED" },
        { "cancel_by_client", "ended CANCELLED" },
        { "cancel_by_server", "one CANCELLED" },
        { "deadline", "DEADLINE_EXCEEDED ended" },
        { "many", "300" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Grpc_OverClearText_ComesThrough(string name, string expected) => Assert.Equal(expected, runs.ClearText[name]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Grpc_OverTls_ComesThrough(string name, string expected) => Assert.Equal(expected, runs.Tls[name]);

    [Fact]
    public async Task Grpc_FromAChunkedAnswerOfHttp11_HasItsTrailers()
    {
        await using var origin = new RecordingOrigin((_, stream, cancellation) => RecordingOrigin.SendAsync(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTransfer-Encoding: chunked\r\nTrailer: grpc-status\r\n\r\n"
            + "8\r\n\0\0\0\0\x03one\r\n8\r\n\0\0\0\0\x03two\r\n0\r\ngrpc-status: 0\r\ngrpc-message: fine\r\nx-extra: 1\r\n\r\n",
            cancellation));
        await using var proxy = await ProxyUnderTest.StartAsync(origin.Address, proxy: Http2Front.ClearText);

        var results = await RunAsync(proxy, "-", ["chunked"]);

        Assert.Equal("['one', 'two'] OK fine 1", results["chunked"]);
    }

    private static async Task<IReadOnlyDictionary<string, string>> RunAsync(ProxyUnderTest proxy, string root, IEnumerable<string> cases)
    {
        var output = await PythonPeer.RunAsync("grpc_client.py", TimeSpan.FromSeconds(60), [proxy.Address.Authority, root, .. cases]);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(": ", 2)).ToDictionary(l => l[0], l => l[1], StringComparer.Ordinal);
    }

    private static void SpeakHttp2(ProxyClusterOptions cluster) =>
        cluster.HttpRequest = new() { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

    /// <summary>All cases once over each transport: starting a Python takes longer than what it is started for.</summary>
    public sealed class Runs : IAsyncLifetime
    {
        private static readonly IEnumerable<string> Names = Cases.Select(c => c.Data.Item1);

        public IReadOnlyDictionary<string, string> ClearText { get; private set; } = null!;

        public IReadOnlyDictionary<string, string> Tls { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var clear = RunClearTextAsync();
            var tls = RunTlsAsync();
            ClearText = await clear;
            Tls = await tls;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private static async Task<IReadOnlyDictionary<string, string>> RunClearTextAsync()
        {
            var (server, port) = await PythonPeer.ServeAsync("grpc_server.py");
            await using var _ = server;
            await using var proxy = await ProxyUnderTest.StartAsync(new Uri($"http://127.0.0.1:{port}/"), cluster: SpeakHttp2, proxy: Http2Front.ClearText);
            return await RunAsync(proxy, "-", Names);
        }

        private static async Task<IReadOnlyDictionary<string, string>> RunTlsAsync()
        {
            using var folder = new TemporaryFolder();
            using var certificate = TestCertificates.SelfSigned("localhost");
            var file = folder.Write("peer.pem", TestCertificates.Pem(certificate));
            var (server, port) = await PythonPeer.ServeAsync("grpc_server.py", file);
            await using var _ = server;
            // No version is demanded: HTTP/2 is what the two agree on.
            await using var proxy = await ProxyUnderTest.StartAsync(
                new Uri($"https://127.0.0.1:{port}/"),
                cluster: c => c.HttpClient = new() { DangerousAcceptAnyServerCertificate = true },
                proxy: builder =>
                {
                    builder.WebHost.UseUrls("https://127.0.0.1:0");
                    builder.Services.Configure<TlsOptions>(tls => tls.Certificates["default"] = new() { Path = file });
                });
            return await RunAsync(proxy, file, Names);
        }
    }
}
