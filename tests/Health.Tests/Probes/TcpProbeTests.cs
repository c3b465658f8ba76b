using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Health.Tests.Probes;

public sealed class TcpProbeTests : HealthProbeContract
{
    [Fact]
    public async Task ProbeAsync_ServerThatSaysNothing_Passes()
    {
        await using var origin = new ScriptedOrigin(connection => connection.WaitForEndAsync());
        Assert.Equal(ProbeResult.Passed, await AskAsync(new TcpProbe(), origin.Uri));
    }

    protected override IHealthProbe CreateProbe(ActiveHealthCheckOptions options) => new TcpProbe();

    protected override ValueTask<(IAsyncDisposable Server, Uri Address)> StartHealthyAsync()
    {
        var origin = new ScriptedOrigin(connection => connection.WaitForEndAsync());
        return ValueTask.FromResult<(IAsyncDisposable, Uri)>((origin, origin.Uri));
    }
}
