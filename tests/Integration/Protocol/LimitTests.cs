using System.Globalization;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>Limits, each with an answer that can be read (RFC 6585 §5, RFC 9110 §15.5.15), and the last request within each.</summary>
public sealed class LimitTests(WireFixture wire) : IClassFixture<WireFixture>
{
    private const int Endless = 1_000_000;

    [Theory]
    [InlineData(8_000)]
    [InlineData(16 * 1024)]
    public async Task Target_WithinTheLimit_IsForwarded(int length)
    {
        var target = "/" + new string('x', length - 1);
        var request = await wire.AssertForwardedAsync($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(target, request.Target);
    }

    [Fact]
    public async Task Target_OfAbsoluteFormWithinTheLimit_IsForwarded()
    {
        var path = "/" + new string('x', 8_000);
        var request = await wire.AssertForwardedAsync($"GET http://{new string('b', 200)}{path} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(path, request.Target);
    }

    [Theory]
    [InlineData(16 * 1024)]
    [InlineData(100_000)]
    [InlineData(Endless)]
    public Task Target_AboveTheLimit_Is414(int length) => wire.AssertRefusedAsync($"GET /{new string('x', length)} HTTP/1.1\r\nHost: a\r\n\r\n", 414);

    [Theory]
    [InlineData("", 414)]
    [InlineData("GET ", 414)]
    [InlineData("GET /", 414)]
    [InlineData("GET / HTTP/1.1\r\n", 431)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n", 431)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: ", 431)]
    public async Task Line_WithoutEnd_IsCut(string start, int status)
    {
        wire.Origin.Forget();
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync(start);
        await client.TrySendAsync(new string('x', Endless));

        var response = await client.ReadResponseAsync();
        Assert.Equal(status, response.Status);
        response.AssertProblem();
        Assert.Equal("", await client.ReadToEndAsync());
        Assert.False(client.WasReset);
        await wire.AssertOriginSawAsync();
    }

    [Fact]
    public async Task Section_WithoutEnd_IsCut()
    {
        using var client = await RawClient.ConnectAsync(wire.Address);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n");
        await client.TrySendAsync(string.Concat(Enumerable.Repeat("X: y\r\n", 200_000)));

        Assert.Equal(431, (await client.ReadResponseAsync()).Status);
    }

    [Fact]
    public async Task Fields_AsManyAsAllowed_AreForwarded()
    {
        var request = await wire.AssertForwardedAsync($"GET / HTTP/1.1\r\nHost: a\r\n{Fields(99, 10)}\r\n");

        Assert.Equal(99, request.Head.Split("\r\n").Count(line => line.StartsWith("n-", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public Task Fields_MoreThanAllowed_Are431() => wire.AssertRefusedAsync($"GET / HTTP/1.1\r\nHost: a\r\n{Fields(100, 10)}\r\n", 431);

    [Fact]
    public async Task Fields_OfTheSizeAllowed_AreForwarded()
    {
        // Host line 9, name and colon and line end 4, empty line 2.
        var value = new string('x', (32 * 1024) - 9 - 4 - 2);
        var request = await wire.AssertForwardedAsync($"GET / HTTP/1.1\r\nHost: a\r\nX:{value}\r\n\r\n");

        Assert.Equal(value, request.Field("X"));
        await wire.AssertRefusedAsync($"GET / HTTP/1.1\r\nHost: a\r\nX:{value}x\r\n\r\n", 431);
    }

    [Fact]
    public Task Fields_LargerThanAllowed_Are431() => wire.AssertRefusedAsync($"GET / HTTP/1.1\r\nHost: a\r\n{Fields(50, 1000)}\r\n", 431);

    [Fact]
    public Task Head_ThatIsTooLarge_HasNoBodyInItsAnswerToHead() => wire.AssertRefusedAsync($"HEAD / HTTP/1.1\r\nHost: a\r\n{Fields(200, 10)}\r\n", 431);

    private static string Fields(int count, int size) =>
        string.Concat(Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"n-{i}: {new string('x', size)}\r\n")));
}
