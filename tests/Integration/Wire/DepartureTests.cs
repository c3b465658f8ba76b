using System.Diagnostics;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.Integration.Wire.WireTest;

namespace Net2Secure.Routing.Integration.Wire;

/// <summary>A client that is gone takes its request to the origin along, within a second.</summary>
public sealed class DepartureTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(false, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi")]
    [InlineData(true, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi")]
    [InlineData(false, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")]
    [InlineData(true, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n")]
    public async Task Client_Gone_EndsTheRequestToTheOrigin(bool byReset, string begun)
    {
        var asked = new TaskCompletionSource();
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(begun);
            asked.SetResult();
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Get());
        await asked.Task.WaitAsync(Forwarding.ProxyUnderTest.Patience);
        if (begun.Length > 0) await client.ReadUntilAsync("hi");

        await AssertEndsSoonAsync(wire, client, byReset);
    }

    [Theory]
    [InlineData(false, "Content-Length: 5\r\n", "hi")]
    [InlineData(true, "Content-Length: 5\r\n", "hi")]
    [InlineData(false, "Transfer-Encoding: chunked\r\n", "2\r\nhi\r\n")]
    [InlineData(true, "Transfer-Encoding: chunked\r\n", "2\r\nhi\r\n")]
    public async Task Client_GoneDuringItsUpload_EndsTheRequestToTheOriginWithoutCompletingIt(bool byReset, string framing, string begun)
    {
        var asked = new TaskCompletionSource();
        await using var wire = await StartAsync(async connection =>
        {
            await connection.ReadUntilAsync("hi");
            asked.SetResult();
            await connection.WaitForEndAsync();
        });
        var client = await wire.ConnectAsync();
        await client.SendAsync(Post(framing, begun));
        await asked.Task.WaitAsync(Forwarding.ProxyUnderTest.Patience);

        await AssertEndsSoonAsync(wire, client, byReset);

        Assert.DoesNotContain("0\r\n", wire.Origin[0].Unread, StringComparison.Ordinal);
    }

    private static async Task AssertEndsSoonAsync(WireTest wire, RawConnection client, bool byReset)
    {
        var left = Stopwatch.GetTimestamp();
        if (byReset) client.Reset();
        else client.Dispose();

        await wire.Origin[0].Ended.WaitAsync(Forwarding.ProxyUnderTest.Patience);

        Assert.InRange(Stopwatch.GetElapsedTime(left), TimeSpan.Zero, Soon);
    }
}
