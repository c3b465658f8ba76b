using System.Net.Sockets;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Health.Tests.Probes;

/// <summary>The probe of the documentation, a user's: it keeps the contract, save that it throws where nobody listens.</summary>
public sealed class RedisProbeTests
{
    [Theory]
    [InlineData("+PONG\r\n", ProbeOutcome.Passed)]
    [InlineData("-LOADIN", ProbeOutcome.Failed)]
    public async Task ProbeAsync_Answer_IsJudged(string answer, ProbeOutcome expected)
    {
        await using var origin = new ScriptedOrigin(async connection =>
        {
            await connection.ReadUntilAsync("PING\r\n");
            await connection.SendAsync(answer);
        });
        var context = new ProbeContext("shop", destination: null, origin.Uri, host: null, new());
        Assert.Equal(expected, (await new RedisProbe().ProbeAsync(context, TestContext.Current.CancellationToken)).Outcome);
    }

    internal sealed class RedisProbe : IHealthProbe
    {
        public async ValueTask<ProbeResult> ProbeAsync(ProbeContext context, CancellationToken cancellationToken)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(context.Address.Host, context.Address.Port, cancellationToken);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray(), cancellationToken);
            var answer = new byte[7];
            await stream.ReadExactlyAsync(answer, cancellationToken);
            return answer.AsSpan().SequenceEqual("+PONG\r\n"u8) ? ProbeResult.Passed : ProbeResult.Failed("no PONG");
        }
    }
}
