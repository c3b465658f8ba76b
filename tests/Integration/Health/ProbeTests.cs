using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Peers;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Health;

/// <summary>Probes against servers that are not ours to script: Kestrel over HTTP/2 and TLS, and a gRPC library.</summary>
public sealed class ProbeTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Http2_EachProbe_HasAConnectionOfItsOwnThatEndsWithIt(bool tls)
    {
        var (seen, closed) = (new List<string>(), new TaskCompletionSource());
        using var certificate = TestCertificates.SelfSigned("localhost");
        await using var backend = await ProxyUnderTest.StartBackendAsync(
            context =>
            {
                lock (seen) seen.Add($"{context.Request.Protocol} {context.Connection.Id}");
                context.Features.Get<IConnectionLifetimeFeature>()?.ConnectionClosed.Register(() => closed.TrySetResult());
                return context.Response.WriteAsync("ready");
            },
            HttpProtocols.Http2,
            tls ? certificate : null);
        var options = new ActiveHealthCheckOptions { Version = HttpVersion.Version20, ExpectedBody = "ready", DangerousAcceptAnyServerCertificate = true };
        using var probe = new HttpProbe(options, new ProbeConnections(options, default));
        for (var i = 0; i < 3; i++) Assert.Equal(ProbeResult.Passed, await AskAsync(probe, new Uri(backend.Urls.First()), options));
        Assert.Equal(3, seen.Distinct().Count(s => s.StartsWith("HTTP/2 ", StringComparison.Ordinal)));
        await closed.Task.WaitAsync(ProxyUnderTest.Patience);
    }

    [Fact]
    public async Task Http2_ServerThatSpeaksHttp1Only_Fails()
    {
        await using var backend = await ProxyUnderTest.StartBackendAsync(_ => Task.CompletedTask);
        var options = new ActiveHealthCheckOptions { Version = HttpVersion.Version20 };
        using var probe = new HttpProbe(options, new ProbeConnections(options, default));
        Assert.Equal(ProbeOutcome.Failed, (await AskAsync(probe, new Uri(backend.Urls.First()), options)).Outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Grpc_HealthServiceOfALibrary_IsUnderstood(bool tls)
    {
        using var folder = new TemporaryFolder();
        using var certificate = TestCertificates.SelfSigned("localhost");
        var (server, port) = await PythonPeer.ServeAsync("grpc_health_server.py", tls ? [folder.Write("peer.pem", TestCertificates.Pem(certificate))] : []);
        await using var _ = server;
        var address = new Uri($"{(tls ? "https" : "http")}://127.0.0.1:{port}/");
        Assert.Equal(ProbeResult.Passed, await AskGrpcAsync(address, null));
        Assert.Equal(ProbeResult.Draining("NOT_SERVING"), await AskGrpcAsync(address, "stopping"));
        Assert.Equal(ProbeResult.Failed("UNKNOWN"), await AskGrpcAsync(address, "unknown"));
        Assert.Equal(ProbeResult.Failed("gRPC status 5: the server does not know the service"), await AskGrpcAsync(address, "other"));
    }

    [Fact]
    public async Task Grpc_ServerWithoutAHealthService_Fails()
    {
        var (server, port) = await PythonPeer.ServeAsync("grpc_server.py");
        await using var _ = server;
        Assert.Equal(ProbeResult.Failed("gRPC status 12: the server has no health service"), await AskGrpcAsync(new Uri($"http://127.0.0.1:{port}/"), null));
    }

    [Theory]
    [InlineData("text/plain", "0", "ready", "answer is not gRPC")]
    [InlineData("application/grpc", "0", "malformed", "malformed gRPC message")]
    [InlineData("application/grpc", null, "\0\0\0\0\u0002\u0008\u0001", "answer without gRPC status")]
    [InlineData("application/grpc", "no number", "", "malformed gRPC status")]
    [InlineData("application/grpc", "14", "", "gRPC status 14")]
    public async Task Grpc_AnswerThatIsNone_Fails(string type, string? status, string body, string reason)
    {
        await using var backend = await ProxyUnderTest.StartBackendAsync(
            async context =>
            {
                context.Response.ContentType = type;
                if (body.Length > 0) await context.Response.WriteAsync(body);
                if (status is not null) context.Response.AppendTrailer("grpc-status", status);
            },
            HttpProtocols.Http2);
        Assert.Equal(ProbeResult.Failed(reason), await AskGrpcAsync(new Uri(backend.Urls.First()), null));
    }

    private static async Task<ProbeResult> AskGrpcAsync(Uri address, string? service)
    {
        var options = new ActiveHealthCheckOptions { Service = service, DangerousAcceptAnyServerCertificate = true };
        using var probe = new GrpcProbe(options, new ProbeConnections(options, default));
        return await AskAsync(probe, address, options);
    }

    private static async Task<ProbeResult> AskAsync(IHealthProbe probe, Uri address, ActiveHealthCheckOptions options) =>
        await probe.ProbeAsync(new ProbeContext("shop", destination: null, address, host: null, options), CancellationToken.None).AsTask().WaitAsync(ProxyUnderTest.Patience);
}
