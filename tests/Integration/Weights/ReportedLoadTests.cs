using Net2Secure.Routing.Integration.Forwarding;
using Net2Secure.Routing.Integration.Http2;
using Net2Secure.Routing.Integration.Protocol;
using Net2Secure.Routing.Integration.Resilience;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Integration.Weights;

/// <summary>Load that destinations report behind the bodies of their answers, as servers of gRPC do, weighs them; clients do not see it.</summary>
public sealed class ReportedLoadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Trailers_WithReports_WeighTheDestinations(bool isHttp2Client)
    {
        await using var two = await TwoOrigins.StartAsync(
            connection => ReportAsync(connection, 0.9), connection => ReportAsync(connection, 0.3), isHttp2Client ? Http2Front.ClearText : null,
            c => (c.LoadBalancingPolicy, c.ReportedLoad) = ("RoundRobin", new() { UpdatePeriod = TimeSpan.FromMilliseconds(100) }));
        using var client = two.Proxy.CreateClient(isHttp2Client ? System.Net.HttpVersion.Version20 : null);
        using var patience = new CancellationTokenSource(ProxyUnderTest.Patience);
        while (two.Cluster.Snapshot.Candidates.Weights[0] >= two.Cluster.Snapshot.Candidates.Weights[1])
        {
            using var response = await client.GetAsync("/", patience.Token);
            Assert.Equal("hi", await response.Content.ReadAsStringAsync(patience.Token));
            Assert.Equal("x-sum", Assert.Single(response.TrailingHeaders).Key, ignoreCase: true);
        }

        await Eventually.TrueAsync(() => two.Cluster.Snapshot.Destinations.All(d => d.ConcurrentRequests == 0));
    }

    private static async Task ReportAsync(RawConnection connection, double utilization)
    {
        while (true)
        {
            await connection.ReadMessageAsync();
            await connection.SendAsync(FormattableString.Invariant(
                $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nEndpoint-Load-Metrics: TEXT application_utilization={utilization}, rps_fractional=10\r\n\r\n"));
        }
    }
}
