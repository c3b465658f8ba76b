using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health.Tests.Probes;

/// <summary>What holds for every probe, ours or the user's. Inherit, and say how one is made and what a destination is for it.</summary>
public abstract class HealthProbeContract
{
    /// <summary>No test waits longer.</summary>
    protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Makes the probe of a cluster.</summary>
    protected abstract IHealthProbe CreateProbe(ActiveHealthCheckOptions options);

    /// <summary>A server that is well, for as long as it is not disposed.</summary>
    protected abstract ValueTask<(IAsyncDisposable Server, Uri Address)> StartHealthyAsync();

    /// <summary>Settings under which a server that is well passes.</summary>
    protected virtual ActiveHealthCheckOptions Options => new() { Enabled = true };

    [Fact]
    public async Task ProbeAsync_Healthy_Passes_AgainAndAgain()
    {
        var (server, address) = await StartHealthyAsync();
        await using var stops = server;
        var probe = CreateProbe(Options);
        using var disposes = probe as IDisposable;
        for (var i = 0; i < 3; i++) Assert.Equal(ProbeResult.Passed, await AskAsync(probe, address));
    }

    [Fact]
    public async Task ProbeAsync_ManyAtOnce_AllPass()
    {
        var (server, address) = await StartHealthyAsync();
        await using var stops = server;
        var probe = CreateProbe(Options);
        using var disposes = probe as IDisposable;
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(probe, address)));
        Assert.All(results, r => Assert.Equal(ProbeResult.Passed, r));
    }

    [Fact]
    public async Task ProbeAsync_NobodyListens_Fails()
    {
        var (server, address) = await StartHealthyAsync();
        await server.DisposeAsync();
        var probe = CreateProbe(Options);
        using var disposes = probe as IDisposable;
        Assert.Equal(ProbeResult.Failed(AttemptFailureKinds.ConnectionRefused), await AskAsync(probe, address));
    }

    [Fact]
    public async Task ProbeAsync_Cancelled_ReturnsWithoutAVerdict()
    {
        var (server, address) = await StartHealthyAsync();
        await using var stops = server;
        var probe = CreateProbe(Options);
        using var disposes = probe as IDisposable;
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe.ProbeAsync(Context(address), cancelled.Token).AsTask().WaitAsync(Patience));
    }

    /// <summary>Asks within the patience of a test.</summary>
    protected async Task<ProbeResult> AskAsync(IHealthProbe probe, Uri address, ActiveHealthCheckOptions? options = null) =>
        await probe.ProbeAsync(Context(address, options), TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);

    /// <summary>The context of a probe of an address.</summary>
    protected ProbeContext Context(Uri address, ActiveHealthCheckOptions? options = null) => new("shop", destination: null, address, (options ?? Options).Host, options ?? Options);
}
