using System.Net;

namespace Net2Secure.Routing.Balancing.Tests.Mirroring;

/// <summary>Copies of requests: what they carry, which requests are copied, and that the request itself never feels any of it.</summary>
public sealed class MirroringTests
{
    [Fact]
    public async Task Send_Get_IsCopiedAndMarkedAndItsOwnAnswerReturned()
    {
        using var mirrored = new MirroredClient(new());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/cart?x=%41") { Headers = { { "X-Tenant", "red" }, { "Host", "shop.example" } } };
        using var response = await mirrored.Client.SendAsync(request).WaitAsync(MirroredClient.Bound);
        await mirrored.SettleAsync();
        Assert.Equal("shop", await response.Content.ReadAsStringAsync());
        var (own, copy) = (Assert.Single(mirrored.AtShop), Assert.Single(mirrored.AtShadow));
        Assert.Equal((null, "1"), (own.Mark, copy.Mark));
        Assert.Equal((own.Method, own.Target, "shop.example"), (copy.Method, copy.Target, copy.Host));
        Assert.Contains("X-Tenant: red", copy.Fields, StringComparison.Ordinal);
        Assert.Equal("http://shop/cart?x=%41", request.RequestUri!.OriginalString.Replace("%2541", "%41", StringComparison.Ordinal));
        Assert.Equal(["net2.mirror.requests {request} 1 net2.cluster.id=shop net2.mirror.cluster.id=shadow http.response.status_code=200"], mirrored.Measured);
        Assert.Equal(0, mirrored.Cluster("shadow").Snapshot.Destinations[0].ConcurrentRequests);
    }

    [Theory]
    [InlineData("off", null)]
    [InlineData("x-net2-mirror", "1")]
    public async Task Send_Header_MarksTheCopyOrDoesNot(string header, string? expected)
    {
        using var mirrored = new MirroredClient(new() { Header = header });
        await mirrored.Client.GetStringAsync("/").WaitAsync(MirroredClient.Bound);
        await mirrored.SettleAsync();
        Assert.Equal(expected, Assert.Single(mirrored.AtShadow).Mark);
    }

    [Fact]
    public async Task Send_HostOfTheShadow_IsThatOfItsDestinationUnlessTheRequestHasOne()
    {
        using var mirrored = new MirroredClient(new(), shadow: c => c.Destinations["s"].Host = "shadow.example");
        await mirrored.Client.GetStringAsync("/").WaitAsync(MirroredClient.Bound);
        await mirrored.SettleAsync();
        Assert.Equal("shadow.example", Assert.Single(mirrored.AtShadow).Host);
    }

    [Fact]
    public async Task Send_ShadowIsSilent_DoesNotWaitAndCopiesNoMoreThanAllowed()
    {
        using var mirrored = new MirroredClient(new() { MaxConcurrent = 2 });
        var silence = new TaskCompletionSource<HttpResponseMessage>();
        mirrored.Shadow = (_, token) => silence.Task.WaitAsync(token);
        for (var i = 0; i < 5; i++) Assert.Equal("shop", await mirrored.Client.GetStringAsync("/").WaitAsync(MirroredClient.Bound));
        Assert.Equal(2, mirrored.Mirroring.UnderWay);
        Assert.Equal(3, mirrored.Measured.Count(m => m == "net2.mirror.skipped {request} 1 net2.cluster.id=shop net2.mirror.cluster.id=shadow net2.reason=concurrency"));
        silence.SetResult(new(HttpStatusCode.OK));
        await mirrored.SettleAsync();
        Assert.Equal(2, mirrored.AtShadow.Count);
    }

    [Fact]
    public async Task Send_ShadowIsSilent_IsGivenUpWhenItsTimeIsOver()
    {
        using var mirrored = new MirroredClient(new() { Timeout = TimeSpan.FromSeconds(3) });
        var (silence, asked) = (new TaskCompletionSource<HttpResponseMessage>(), new TaskCompletionSource());
        mirrored.Shadow = (_, token) =>
        {
            asked.SetResult();
            return silence.Task.WaitAsync(token);
        };
        await mirrored.Client.GetStringAsync("/").WaitAsync(MirroredClient.Bound);
        await asked.Task.WaitAsync(MirroredClient.Bound);
        mirrored.Time.Advance(TimeSpan.FromSeconds(3));
        await mirrored.SettleAsync();
        Assert.Equal(["net2.mirror.requests {request} 1 net2.cluster.id=shop net2.mirror.cluster.id=shadow error.type=http_response_timeout"], mirrored.Measured);
    }

    [Fact]
    public async Task Send_ShadowFails_IsSaidOncePerChangeAndFeltByNobody()
    {
        using var mirrored = new MirroredClient(new());
        foreach (var isDown in (bool[])[true, true, true, false, false, true])
        {
            mirrored.Shadow = (_, _) => isDown ? throw new HttpRequestException("down") : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
            Assert.Equal("shop", await mirrored.Client.GetStringAsync("/").WaitAsync(MirroredClient.Bound));
            await mirrored.SettleAsync();
        }

        Assert.Equal(["MirrorFailing", "MirrorWorking", "MirrorFailing"], mirrored.Events);
    }

    [Fact]
    public async Task Send_ShopFails_FailsAsItWouldHaveAndIsCopied()
    {
        using var mirrored = new MirroredClient(new()) { Shop = (_, _) => throw new InvalidOperationException("of the shop") };
        Assert.Equal("of the shop", (await Assert.ThrowsAsync<InvalidOperationException>(() => mirrored.Client.PutAsync("/", new StringContent("x")).WaitAsync(MirroredClient.Bound))).Message);
        await mirrored.SettleAsync();
        Assert.Equal("x"u8.ToArray(), Assert.Single(mirrored.AtShadow).Body);
    }

    [Fact]
    public async Task Send_TriedAgainElsewhere_IsCopiedOnce()
    {
        using var mirrored = new MirroredClient(new());
        var attempts = 0;
        mirrored.Shop = (_, _) => ++attempts == 1
            ? throw new AttemptException(new(AttemptFailureKinds.ConnectionRefused, FailureSide.Destination, SentState.NotConnected), "refused")
            : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        using var response = await mirrored.Client.PutAsync("/", new StringContent("x")).WaitAsync(MirroredClient.Bound);
        await mirrored.SettleAsync();
        Assert.Equal((2, 1), (attempts, mirrored.AtShadow.Count));
    }

    [Theory]
    [InlineData("GET", false, true)]
    [InlineData("PUT", false, true)]
    [InlineData("DELETE", false, true)]
    [InlineData("POST", false, false)]
    [InlineData("PATCH", false, false)]
    [InlineData("POST", true, true)]
    public async Task Send_Method_IsCopiedIfIdempotentOrIfToldTo(string method, bool anyMethod, bool isCopied)
    {
        using var mirrored = new MirroredClient(new() { MirrorNonIdempotent = anyMethod });
        using var request = new HttpRequestMessage(new HttpMethod(method), "/");
        using var response = await mirrored.Client.SendAsync(request).WaitAsync(MirroredClient.Bound);
        await mirrored.SettleAsync();
        Assert.Equal(isCopied ? 1 : 0, mirrored.AtShadow.Count);
    }

    [Theory]
    [InlineData(100, true, true)]
    [InlineData(101, true, false)]
    [InlineData(100, false, true)]
    [InlineData(101, false, false)]
    [InlineData(0, false, true)]
    public async Task Send_Body_IsCopiedByteForByteIfItIsNotTooLong(int length, bool lengthIsKnown, bool isCopied)
    {
        using var mirrored = new MirroredClient(new() { MaxBodyBytes = 100 });
        var bytes = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        Stream stream = lengthIsKnown ? new MemoryStream(bytes) : new UnknownLength(bytes);
        using var content = new StreamContent(stream) { Headers = { { "Content-Type", "x/y" } } };
        using var response = await mirrored.Client.PutAsync("/", content).WaitAsync(MirroredClient.Bound);
        await mirrored.SettleAsync();
        Assert.Equal(bytes, Assert.Single(mirrored.AtShop).Body);
        if (isCopied) Assert.Equal(bytes, Assert.Single(mirrored.AtShadow).Body);
        else Assert.Equal(["net2.mirror.skipped {request} 1 net2.cluster.id=shop net2.mirror.cluster.id=shadow net2.reason=body"], mirrored.Measured);
    }

    [Fact]
    public async Task Send_Percent_CopiesThatShare()
    {
        using var mirrored = new MirroredClient(new() { Percent = 25 }, random: new SeededRandomSource(5));
        for (var i = 0; i < 400; i++) await mirrored.Client.GetStringAsync("/").WaitAsync(MirroredClient.Bound);
        await mirrored.SettleAsync();
        Assert.InRange(mirrored.AtShadow.Count + mirrored.Measured.Count(m => m.Contains("skipped", StringComparison.Ordinal)), 75, 125);
    }

    [Fact]
    public async Task Send_Upgrade_IsNotCopied()
    {
        using var mirrored = new MirroredClient(new() { MirrorNonIdempotent = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Connection", "upgrade" }, { "Upgrade", "websocket" } } };
        using var response = await mirrored.Client.SendAsync(request).WaitAsync(MirroredClient.Bound);
        await mirrored.SettleAsync();
        Assert.Empty(mirrored.AtShadow);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 5)]
    public async Task Send_BudgetOfTheShadow_HoldsWhereItHasOne(bool hasBudget, int copies)
    {
        using var mirrored = new MirroredClient(new(), shadow: c => c.Resilience = hasBudget ? new() { Budget = new() { Percent = 0, MinPerSecond = 0 } } : null);
        for (var i = 0; i < 5; i++) await mirrored.Client.GetStringAsync("/").WaitAsync(MirroredClient.Bound);
        await mirrored.SettleAsync();
        Assert.Equal(copies, mirrored.AtShadow.Count);
        Assert.Equal(5 - copies, mirrored.Measured.Count(m => m.EndsWith("net2.reason=budget", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Send_LimitsOfTheShadow_HoldForCopies()
    {
        using var mirrored = new MirroredClient(new(), shadow: c => c.Limits = new() { MaxRequests = 1 });
        var (silence, asked) = (new TaskCompletionSource<HttpResponseMessage>(), new TaskCompletionSource());
        mirrored.Shadow = (_, token) =>
        {
            asked.TrySetResult();
            return silence.Task.WaitAsync(token);
        };
        await mirrored.Client.GetStringAsync("/").WaitAsync(MirroredClient.Bound);
        await asked.Task.WaitAsync(MirroredClient.Bound);
        Assert.Equal("shop", await mirrored.Client.GetStringAsync("/").WaitAsync(MirroredClient.Bound));
        await mirrored.SettleAsync(left: 1);
        silence.SetResult(new(HttpStatusCode.OK));
        await mirrored.SettleAsync();
        Assert.Single(mirrored.AtShadow);
        Assert.Contains("net2.mirror.requests {request} 1 net2.cluster.id=shop net2.mirror.cluster.id=shadow error.type=connection_limit_reached", mirrored.Measured);
    }

    [Fact]
    public async Task Send_ShadowFallsApart_CopiesAreNotTriedAgain()
    {
        using var mirrored = new MirroredClient(new(), shadow: c => c.Destinations["t"] = new() { Address = "http://10.0.0.9:81/" })
        {
            Shadow = (_, _) => throw new AttemptException(new(AttemptFailureKinds.ConnectionRefused, FailureSide.Destination, SentState.NotConnected), "refused"),
        };
        await mirrored.Client.GetStringAsync("/").WaitAsync(MirroredClient.Bound);
        await mirrored.SettleAsync();
        Assert.Single(mirrored.AtShadow);
    }

    [Fact]
    public async Task Send_LongAnswerOfTheShadow_IsCut()
    {
        using var mirrored = new MirroredClient(new());
        using var endless = new Endless();
        mirrored.Shadow = (_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(endless) });
        await mirrored.Client.GetStringAsync("/").WaitAsync(MirroredClient.Bound);
        await mirrored.SettleAsync();
        Assert.InRange(endless.Read, 1, 2 * 1024 * 1024);
        Assert.Equal(0, mirrored.Cluster("shadow").Snapshot.Destinations[0].ConcurrentRequests);
    }

    [Fact]
    public void Send_NoMirror_AllocatesNothing()
    {
        using var mirrored = new MirroredClient(new() { Percent = 0 });
        using var answering = new MirroringHandler(new ClusterReference(mirrored.Cluster("shop"))) { InnerHandler = new Answering() };
        using var invoker = new HttpMessageInvoker(answering);
        using var request = new RoutedRequestMessage();
        for (var i = 0; i < 200; i++) _ = invoker.SendAsync(request, CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) _ = invoker.SendAsync(request, CancellationToken.None);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private sealed class Answering : HttpMessageHandler
    {
        private readonly Task<HttpResponseMessage> _answer = Task.FromResult(new HttpResponseMessage());

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _answer;
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    private sealed class Endless : MemoryStream
    {
        public new long Read { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Read += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
