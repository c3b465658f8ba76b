using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Proxying.AccessLog;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Telemetry;

/// <summary>What is watched follows the configuration, and a wrong one changes nothing.</summary>
public sealed class TelemetryReloadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Settings_Reloaded_AreInForce_AndWrongOnesAreNot()
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Net2Proxy:Routes:r:ClusterId"] = "c",
            ["Net2Proxy:Routes:r:Match:Path"] = "/{**rest}",
            ["Net2Proxy:Clusters:c:Destinations:d:Address"] = "http://10.0.0.1/",
        }).Build();
        await using var proxy = ConfiguredProxy.Create(p => p.LoadFromConfig(root.GetSection("Net2Proxy")), answer: static _ => new HttpResponseMessage());
        using var client = await proxy.StartAsync();
        var explanations = proxy.App.Services.GetRequiredService<IRequestExplanations>();
        var log = proxy.App.Services.GetRequiredService<AccessLogger>();
        Assert.Equal((false, false), (explanations.IsEnabled, log.IsOn));

        root["Net2Proxy:Explain:Enabled"] = "true";
        root["Net2Proxy:AccessLog:Enabled"] = "true";
        root.Reload();
        await UntilAsync(() => explanations.IsEnabled && log.IsOn);
        using (await client.GetAsync(new Uri("/asked?x=1", UriKind.Relative))) await UntilAsync(() => explanations.Find(new RequestExplanationQuery()).Any(static e => e.Target == "/asked?x=*"));
        await UntilAsync(() => proxy.Log.Messages.Any(static m => m.Contains("\"target\":\"/asked?x=*\"", StringComparison.Ordinal)));

        root["Net2Proxy:Explain:Enabled"] = "false";
        root["Net2Proxy:AccessLog:Sample"] = "0";
        root.Reload();
        await UntilAsync(() => proxy.Log.Messages.Any(static m => m.Contains("Net2Proxy:AccessLog:Sample: '0' is not allowed", StringComparison.Ordinal)));
        Assert.Equal((true, true), (explanations.IsEnabled, log.IsOn));

        root["Net2Proxy:AccessLog:Sample"] = "1";
        root["Net2Proxy:AccessLog:Enabled"] = "false";
        root.Reload();
        await UntilAsync(() => !explanations.IsEnabled && !log.IsOn);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
