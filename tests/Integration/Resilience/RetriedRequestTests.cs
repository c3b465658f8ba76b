using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Http2;
using Net2Secure.Routing.Integration.Wire;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Resilience;

/// <summary>What else belongs to a request stays right when its first attempt fails: trailers, expectations, the version its client speaks.</summary>
public sealed class RetriedRequestTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Trailers_AreThoseOfTheAttemptThatWon(bool firstAnswers)
    {
        await using var two = await TwoOrigins.StartAsync(
            async connection =>
            {
                await connection.ReadMessageAsync();
                if (!firstAnswers)
                {
                    connection.Reset();
                    return;
                }

                await connection.SendAsync(WithTrailer("503 Service Unavailable", "of the loser"));
                await connection.WaitForEndAsync();
            },
            async connection =>
            {
                await connection.ReadMessageAsync();
                await connection.SendAsync(WithTrailer("200 OK", "of the winner"));
                await connection.WaitForEndAsync();
            },
            o => o.Retry!.RetryStatusCodes = [503]);
        using var client = await ConnectAsync(two);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: TE\r\nTE: trailers\r\n\r\n");
        var response = await client.ReadMessageAsync();

        Assert.Equal("HTTP/1.1 200 OK", response.StartLine);
        Assert.Equal("hi", response.Content);
        Assert.Equal(["X-Sum: of the winner"], response.Trailers);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Expectation_FirstDestinationBreaks_IsMetOnceAndTheBodyIsWhole(bool firstMeetsIt, bool firstReadsTheBody)
    {
        var heads = new ConcurrentQueue<string>();
        await using var two = await TwoOrigins.StartAsync(
            async connection =>
            {
                heads.Enqueue(await connection.ReadHeadAsync());
                if (firstMeetsIt) await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
                if (firstReadsTheBody) await connection.ReadAsync(5);
                connection.Reset();
            },
            async connection =>
            {
                heads.Enqueue(await connection.ReadHeadAsync());
                await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
                var body = await connection.ReadAsync(5);
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{body}");
                await connection.WaitForEndAsync();
            });
        using var client = await ConnectAsync(two);

        await client.SendAsync("PUT / HTTP/1.1\r\nHost: shop.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync("hello");
        var response = await client.ReadMessageAsync();

        Assert.Equal("HTTP/1.1 200 OK", response.StartLine);
        Assert.Equal("hello", response.Body);
        Assert.Equal("", client.Unread);
        Assert.Equal(2, heads.Count);
        Assert.All(heads, head => Assert.Contains("\r\nExpect: 100-continue\r\n", head, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Expectation_OfAPostWhoseDestinationBreaks_IsNotTriedAgain()
    {
        var asked = 0;
        await using var two = await TwoOrigins.StartAsync(
            async connection =>
            {
                await connection.ReadHeadAsync();
                connection.Reset();
            },
            async connection =>
            {
                await connection.ReadHeadAsync();
                Interlocked.Increment(ref asked);
            });
        using var client = await ConnectAsync(two);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: shop.example\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        var response = await client.ReadMessageAsync();

        Assert.Equal(502, response.Status);
        Assert.Equal(0, asked);
    }

    [Theory]
    [InlineData("GET", 0)]
    [InlineData("PUT", 5)]
    [InlineData("PUT", 60_000)]
    [InlineData("DELETE", 0)]
    public async Task Http2Client_FirstDestinationBreaks_GetsTheAnswerOfTheOther(string method, int length)
    {
        var (first, second) = (new ConcurrentQueue<RawMessage>(), new ConcurrentQueue<RawMessage>());
        await using var two = await TwoOrigins.StartAsync(
            async connection =>
            {
                first.Enqueue(await connection.ReadMessageAsync());
                connection.Reset();
            },
            async connection =>
            {
                while (true)
                {
                    second.Enqueue(await connection.ReadMessageAsync());
                    await connection.SendAsync(Answers.ChunkedHi);
                }
            },
            proxy: Http2Front.ClearText);
        using var client = two.Proxy.CreateClient(HttpVersion.Version20);
        var body = new string('x', length);
        using var request = new HttpRequestMessage(new HttpMethod(method), "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = length > 0 ? new StringContent(body) : null };

        using var response = await client.SendAsync(request).WaitAsync(ProxyUnderTest.Patience);

        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (response.StatusCode, response.Version));
        Assert.Equal("hi", await response.Content.ReadAsStringAsync());
        Assert.Equal(body, Assert.Single(first).Content);
        Assert.Equal(body, Assert.Single(second).Content);
    }

    [Fact]
    public async Task Http2Client_PostToADestinationThatBreaks_IsToldAndSentOnce()
    {
        var asked = 0;
        await using var two = await TwoOrigins.StartAsync(
            async connection =>
            {
                await connection.ReadMessageAsync();
                connection.Reset();
            },
            async connection =>
            {
                await connection.ReadHeadAsync();
                Interlocked.Increment(ref asked);
            },
            proxy: Http2Front.ClearText);
        using var client = two.Proxy.CreateClient(HttpVersion.Version20);

        using var response = await client.PostAsync("/", new StringContent("order")).WaitAsync(ProxyUnderTest.Patience);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, asked);
    }

    private static string WithTrailer(string status, string sum) => $"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: {sum}\r\n\r\n";

    private static async Task<RawConnection> ConnectAsync(TwoOrigins two)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, two.Proxy.Address.Port);
        return new RawConnection(socket);
    }
}
