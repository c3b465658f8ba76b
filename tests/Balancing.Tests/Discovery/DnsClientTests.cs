using System.Net;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Discovery;

public sealed class DnsClientTests
{
    private const string Name = "_http._tcp.shop.example";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task QueryAsync_Answer_GivesItsRecords()
    {
        await using var server = new DnsServerUnderTest();
        server.Answer(DnsServerUnderTest.Srv("a.example", 8080));
        Assert.Equal("a.example", Assert.Single(await AskAsync(server.EndPoint)).Target);
    }

    [Fact]
    public async Task QueryAsync_Truncated_AsksOverTcp()
    {
        await using var server = new DnsServerUnderTest();
        server.OverUdp = question => [DnsServerUnderTest.Respond(question, [], truncated: true)];
        server.OverTcp = question => DnsServerUnderTest.Respond(question, [.. Enumerable.Range(1, 1000).Select(i => DnsServerUnderTest.Srv($"host-{i}.shop.example", i))]);
        Assert.Equal(1000, (await AskAsync(server.EndPoint)).Count);
    }

    [Fact]
    public async Task QueryAsync_StrayDatagramsFirst_WaitsForTheAnswer()
    {
        await using var server = new DnsServerUnderTest();
        server.OverUdp = question =>
        {
            var other = (byte[])question.Clone();
            other[0] ^= 0xFF;
            return [DnsServerUnderTest.Respond(other, [DnsServerUnderTest.Srv("evil.example", 1)]), [1, 2, 3], [], DnsServerUnderTest.Respond(question, [DnsServerUnderTest.Srv("good.example", 1)])];
        };
        Assert.Equal("good.example", Assert.Single(await AskAsync(server.EndPoint)).Target);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task QueryAsync_ServerThatCannotTell_AsksTheNext(int code)
    {
        await using var unable = new DnsServerUnderTest();
        await using var able = new DnsServerUnderTest();
        unable.OverUdp = question => [DnsServerUnderTest.Respond(question, [], code)];
        able.Answer(DnsServerUnderTest.Srv("a.example", 1));
        Assert.Single(await AskAsync(unable.EndPoint, able.EndPoint));
        Assert.Equal((1, 1), (unable.Questions, able.Questions));
    }

    [Fact]
    public async Task QueryAsync_NoSuchName_IsAnAnswerAndNobodyElseIsAsked()
    {
        await using var knowing = new DnsServerUnderTest();
        await using var other = new DnsServerUnderTest();
        knowing.OverUdp = question => [DnsServerUnderTest.Respond(question, [], 3)];
        Assert.Empty(await AskAsync(knowing.EndPoint, other.EndPoint));
        Assert.Equal(0, other.Questions);
    }

    [Fact]
    public async Task QueryAsync_SilentServer_AsksTheNextWhenItsTimeIsOver()
    {
        await using var silent = new DnsServerUnderTest();
        await using var able = new DnsServerUnderTest();
        var heard = new TaskCompletionSource();
        silent.OverUdp = _ =>
        {
            heard.TrySetResult();
            return [];
        };
        able.Answer(DnsServerUnderTest.Srv("a.example", 1));
        var time = new ManualTimeProvider();
        var asking = new DnsClient(time).QueryAsync(Name, DnsRecordType.Srv, [silent.EndPoint, able.EndPoint], CancellationToken.None);
        await heard.Task.WaitAsync(Bound);
        Assert.False(asking.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Single(await asking.WaitAsync(Bound));
    }

    [Fact]
    public async Task QueryAsync_NobodyListens_FailsAndSaysWho()
    {
        IPEndPoint gone;
        await using (var server = new DnsServerUnderTest()) gone = server.EndPoint;
        var error = await Assert.ThrowsAsync<DnsException>(() => AskAsync(gone));
        Assert.Contains(gone.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QueryAsync_Questions_HaveNumbersAndPortsOfTheirOwn()
    {
        await using var server = new DnsServerUnderTest();
        var numbers = new HashSet<int>();
        server.OverUdp = question =>
        {
            numbers.Add((question[0] << 8) | question[1]);
            return [DnsServerUnderTest.Respond(question, [])];
        };
        for (var i = 0; i < 20; i++) await AskAsync(server.EndPoint);
        Assert.True(numbers.Count > 15);
    }

    [Fact]
    public async Task QueryAsync_NoServers_AsksThoseOfTheSystem()
    {
        await using var server = new DnsServerUnderTest();
        server.Answer(DnsServerUnderTest.Srv("a.example", 1));
        Assert.Single(await new DnsClient(TimeProvider.System, () => [server.EndPoint]).QueryAsync(Name, DnsRecordType.Srv, [], CancellationToken.None).WaitAsync(Bound));
        await Assert.ThrowsAsync<DnsException>(() => new DnsClient(TimeProvider.System, () => []).QueryAsync(Name, DnsRecordType.Srv, [], CancellationToken.None));
    }

    private static Task<IReadOnlyList<DnsRecord>> AskAsync(params IPEndPoint[] servers) =>
        new DnsClient(TimeProvider.System).QueryAsync(Name, DnsRecordType.Srv, servers, CancellationToken.None).WaitAsync(Bound);
}
