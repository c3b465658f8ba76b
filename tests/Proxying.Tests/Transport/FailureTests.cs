using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Proxying.Tests.Transport.TransportClient;

namespace Net2Secure.Routing.Proxying.Tests.Transport;

/// <summary>How far a request had come when it failed, and whose doing that was; connecting and TLS among it.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task Send_NewConnectionHasEndedAlready_SaysThatNothingWasSent()
    {
        using var client = new TransportClient(new Http1TransportOptions { ConnectCallback = static (_, _) => ValueTask.FromResult(Stream.Null) });

        var failure = await client.FailureOfAsync(TransportClient.Get(new Uri("http://ended.test/")));

        Assert.Equal(new AttemptFailure(AttemptFailureKinds.ConnectionTerminated, FailureSide.Destination, SentState.NothingSent), failure);
    }

    [Fact]
    public async Task Connect_Refused_IsNotConnected()
    {
        using var client = new TransportClient();

        var failure = await client.FailureOfAsync(Get(Unused()));

        Assert.Equal(new AttemptFailure(AttemptFailureKinds.ConnectionRefused, FailureSide.Destination, SentState.NotConnected), failure);
    }

    [Fact]
    public async Task Connect_NameThatDoesNotResolve_IsADnsError()
    {
        using var client = new TransportClient();

        var failure = await client.FailureOfAsync(Get(new Uri("http://nobody.invalid/")));

        Assert.Equal(new AttemptFailure(AttemptFailureKinds.DnsError, FailureSide.Destination, SentState.NotConnected), failure);
    }

    [Fact]
    public async Task Connect_NameWithSeveralAddresses_UsesOneThatAnswers()
    {
        // The name has an address of either family, and the origin listens on one of them only.
        await using var origin = ScriptedOrigin.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        using var client = new TransportClient();

        Assert.Equal("hi", await client.GetTextAsync(new UriBuilder(origin.Uri) { Host = "localhost" }.Uri));
    }

    [Fact]
    public async Task Connect_TakesTooLong_IsATimeout()
    {
        var time = new ManualTimeProvider();
        using var listener = new FullBacklog();
        using var client = new TransportClient(new Http1TransportOptions { ConnectTimeout = TimeSpan.FromSeconds(1) }, time);
        var sending = client.FailureOfAsync(Get(listener.Uri));
        await UntilAsync(() => client.Handler.FindPool(listener.Uri)?.OpenCount == 1);

        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), sending);

        Assert.Equal(new AttemptFailure(AttemptFailureKinds.ConnectionTimeout, FailureSide.Destination, SentState.NotConnected), await sending);
        Assert.Equal(0, client.Handler.FindPool(listener.Uri)!.OpenCount);
    }

    [Fact]
    public async Task Answer_NoneAfterTheWholeRequest_IsAllSent()
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.FinishAsync();
        });
        using var client = new TransportClient();

        var failure = await client.FailureOfAsync(Get(origin.Uri));

        Assert.Equal(new AttemptFailure(AttemptFailureKinds.ConnectionTerminated, FailureSide.Destination, SentState.AllSent), failure);
    }

    [Fact]
    public async Task Answer_NoneInTheMiddleOfTheBody_IsPartSent()
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadUntilAsync("begin");
            await connection.FinishAsync();
        });
        using var client = new TransportClient();
        var never = new TaskCompletionSource();

        var failure = await client.FailureOfAsync(Post(origin.Uri, new SteppedContent(async (stream, token) =>
        {
            await stream.WriteAsync("begin"u8.ToArray(), token);
            await never.Task.WaitAsync(token);
        })));

        Assert.Equal(new AttemptFailure(AttemptFailureKinds.ConnectionTerminated, FailureSide.Destination, SentState.PartSent), failure);
    }

    [Fact]
    public async Task Body_ThatFails_IsTheClientsDoing()
    {
        await using var origin = new ScriptedOrigin(connection => connection.WaitForEndAsync());
        using var client = new TransportClient();

        var failure = await client.FailureOfAsync(Post(origin.Uri, new SteppedContent(async (stream, token) =>
        {
            await stream.WriteAsync("begin"u8.ToArray(), token);
            await stream.FlushAsync(token);
            throw new InvalidDataException("broken");
        })));

        Assert.Equal(new AttemptFailure(AttemptFailureKinds.HttpRequestError, FailureSide.Client, SentState.PartSent), failure);
        Assert.DoesNotContain("\r\n0\r\n", await origin[0].WaitForAsync(_ => origin[0].Ended.IsCompleted), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Expect_OriginMute_SendsTheBodyAfterItsTime()
    {
        var time = new ManualTimeProvider();
        var head = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            Assert.Equal("", connection.Unread);
            head.SetResult();
            await connection.ReadAsync(1);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        });
        using var client = new TransportClient(time: time);
        var request = Post(origin.Uri, new ByteArrayContent([1]));
        request.Headers.TryAddWithoutValidation("Expect", "100-continue");
        var sending = client.SendAsync(request);
        await head.Task.WaitAsync(Bound);
        Assert.False(sending.IsCompleted);

        // The wait may begin a moment after the head has left.
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), sending);

        using var response = await sending;
        Assert.Equal("hi", await TextOf(response));
    }

    [Fact]
    public async Task Expect_RefusedByTheOrigin_SendsNoBodyAndEndsTheConnection()
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno");
            await connection.WaitForEndAsync();
        });
        using var client = new TransportClient();
        var request = Post(origin.Uri, new ByteArrayContent([1]));
        request.Headers.TryAddWithoutValidation("Expect", "100-continue");

        using var response = await client.SendAsync(request);

        Assert.Equal("no", await TextOf(response));
        await origin[0].Ended.WaitAsync(Bound);
        Assert.Equal("", origin[0].Unread);
    }

    [Fact]
    public async Task Tls_CertificateNotTrusted_IsACertificateError()
    {
        await using var origin = new TlsOrigin();
        using var client = new TransportClient();

        var failure = await client.FailureOfAsync(Get(origin.Uri));

        Assert.Equal(new AttemptFailure(AttemptFailureKinds.TlsCertificateError, FailureSide.Destination, SentState.NotConnected), failure);
        Assert.Equal(0, client.Handler.FindPool(origin.Uri)!.OpenCount);
    }

    [Fact]
    public async Task Tls_OriginThatSpeaksPlainly_IsAProtocolError()
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadAsync(1);
            await connection.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n");
            await connection.FinishAsync();
        });
        using var client = new TransportClient();

        var failure = await client.FailureOfAsync(Get(new UriBuilder(origin.Uri) { Scheme = "https" }.Uri));

        Assert.Equal(AttemptFailureKinds.TlsProtocolError, failure.Kind);
        Assert.Equal(SentState.NotConnected, failure.Sent);
    }

    [Fact]
    public async Task Tls_HandshakeTakesTooLong_IsATimeout()
    {
        var time = new ManualTimeProvider();
        await using var origin = new ScriptedOrigin(connection => connection.WaitForEndAsync());
        using var client = new TransportClient(new Http1TransportOptions { TlsHandshakeTimeout = TimeSpan.FromSeconds(5) }, time);
        var sending = client.FailureOfAsync(Get(new UriBuilder(origin.Uri) { Scheme = "https" }.Uri));
        await UntilAsync(() => origin.Connections == 1 && origin[0].Receives.Count > 0);

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(AttemptFailureKinds.ConnectionTimeout, (await sending).Kind);
    }

    [Theory]
    [InlineData(null, "localhost")]
    [InlineData("inner.example", "inner.example")]
    public async Task Tls_NameAndClientCertificate_ReachTheOrigin(string? targetHost, string expected)
    {
        await using var origin = new TlsOrigin();
        var options = new SslClientAuthenticationOptions { TargetHost = targetHost, ClientCertificates = [origin.Certificate] };
#pragma warning disable CA5359 // The name and the certificate are what is looked at here.
        options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        using var client = new TransportClient(new Http1TransportOptions { SslOptions = options });

        for (var i = 0; i < 2; i++) Assert.Equal($"{expected} CN=test", await client.GetTextAsync(origin.Uri));

        Assert.Equal(1, origin.Connections);
    }

    private static Uri Unused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}/");
    }

    /// <summary>Listens, and has no place left for another connection: the next one waits.</summary>
    private sealed class FullBacklog : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<Socket> _filling = [];

        public FullBacklog()
        {
            _listener.Start(1);
            for (var i = 0; i < 4; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _filling.Add(socket);
                try
                {
                    socket.Connect(_listener.LocalEndpoint);
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                    // On its way, or waiting for a place.
                }
            }
        }

        public Uri Uri => new($"http://{_listener.LocalEndpoint}/");

        public void Dispose()
        {
            foreach (var socket in _filling) socket.Dispose();
            _listener.Dispose();
        }
    }
}
