using System.Net;
using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Protocol;

namespace Net2Secure.Routing.Integration.Resilience;

/// <summary>Destinations of HTTP/2 say which requests they have not acted on (RFC 9113 §8.7): those go elsewhere whatever their method, and no others that may not be repeated.</summary>
public sealed class Http2DestinationTests
{
    public static TheoryData<string, string, int> Unprocessed
    {
        get
        {
            var cases = new TheoryData<string, string, int>();
            foreach (var manner in (Http2Manner[])[Http2Manner.Refuses, Http2Manner.RefusesAtTheEnd, Http2Manner.GoesAway])
            {
                foreach (var (method, length) in (IEnumerable<(string, int)>)[("GET", 0), ("PUT", 500), ("POST", 0), ("POST", 500), ("POST", 60_000), ("PATCH", 500)]) cases.Add(manner.ToString(), method, length);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Unprocessed))]
    public async Task NotProcessed_AnyMethod_IsMadeElsewhere(string manner, string method, int length)
    {
        var (first, second) = (new RawHttp2Origin(Enum.Parse<Http2Manner>(manner)), new RawHttp2Origin(Http2Manner.Answers));
        await using var two = await StartAsync(first, second);

        using var response = await SendAsync(two, method, length);

        Assert.Equal((HttpStatusCode.OK, "ok"), (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.InRange(first.Heads, 1, 10);
        Assert.Equal(1, second.Heads);
        Assert.Equal([length], second.Complete);
    }

    [Theory]
    [InlineData("RefusesAtTheEnd")]
    [InlineData("GoesAway")]
    public async Task NotProcessed_BodyTooLongToBeKept_IsToldAsTheDestinationsFailure(string manner)
    {
        var (first, second) = (new RawHttp2Origin(Enum.Parse<Http2Manner>(manner)), new RawHttp2Origin(Http2Manner.Answers));
        await using var two = await StartAsync(first, second);

        using var response = await SendAsync(two, "POST", 100_000);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(0, second.Heads);
    }

    [Fact]
    public async Task NotProcessed_NothingOfTheBodyTaken_IsMadeElsewhere_HoweverLongItIs()
    {
        var (first, second) = (new RawHttp2Origin(Http2Manner.Refuses), new RawHttp2Origin(Http2Manner.Answers));
        await using var two = await StartAsync(first, second);
        using var client = two.Proxy.CreateClient();
        using var content = new LateContent(100_000, () => Eventually.TrueAsync(() => second.Heads == 1));

        using var response = await client.PostAsync("/", content).WaitAsync(ProxyUnderTest.Patience);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.InRange(first.Heads, 1, 10);
        Assert.Equal([100_000], second.Complete);
    }

    [Theory]
    [InlineData("TakesItAndGoesAway", "POST", 0)]
    [InlineData("TakesItAndGoesAway", "POST", 500)]
    [InlineData("TakesItAndGoesAway", "PATCH", 500)]
    [InlineData("Cancels", "POST", 0)]
    [InlineData("Cancels", "POST", 500)]
    public async Task PerhapsProcessed_MethodThatMayNotBeRepeated_IsSentOnce(string manner, string method, int length)
    {
        var (first, second) = (new RawHttp2Origin(Enum.Parse<Http2Manner>(manner)), new RawHttp2Origin(Http2Manner.Answers));
        await using var two = await StartAsync(first, second);

        using var response = await SendAsync(two, method, length);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal((1, 0), (first.Heads, second.Heads));
    }

    [Theory]
    [InlineData("TakesItAndGoesAway", "GET", 0)]
    [InlineData("TakesItAndGoesAway", "PUT", 500)]
    public async Task PerhapsProcessed_MethodThatMayBeRepeated_IsMadeElsewhere(string manner, string method, int length)
    {
        var (first, second) = (new RawHttp2Origin(Enum.Parse<Http2Manner>(manner)), new RawHttp2Origin(Http2Manner.Answers));
        await using var two = await StartAsync(first, second);

        using var response = await SendAsync(two, method, length);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([length], second.Complete);
    }

    private static Task<TwoOrigins> StartAsync(RawHttp2Origin first, RawHttp2Origin second) => TwoOrigins.StartAsync(
        first, first.Uri, second, second.Uri,
        cluster: c => c.HttpRequest = new() { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact });

    private static async Task<HttpResponseMessage> SendAsync(TwoOrigins two, string method, int length)
    {
        using var client = two.Proxy.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/") { Content = length > 0 ? new StringContent(new string('x', length)) : null };
        return await client.SendAsync(request).WaitAsync(ProxyUnderTest.Patience);
    }

    /// <summary>A body of which nothing is sent before something has happened.</summary>
    private sealed class LateContent(int length, Func<Task> happened) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            await happened();
            await stream.WriteAsync(new byte[length]);
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
