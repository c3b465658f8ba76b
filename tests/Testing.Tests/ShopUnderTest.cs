using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Testing.Tests;

/// <summary>A client of three servers, anna, ben and carl, under the hand of a test.</summary>
internal sealed class ShopUnderTest : IDisposable
{
    private readonly ServiceProvider _services;

    public ShopUnderTest(Action<ClusterOptions>? configure = null, Action<INet2BalancingBuilder>? register = null)
    {
        Time = new ManualTimeProvider();
        Backends = new ScriptedBackends(Time);

        var services = new ServiceCollection();
        var balancing = services.AddNet2Balancing().AddCluster("shop", cluster =>
        {
            cluster.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
            foreach (var name in (string[])["anna", "ben", "carl"]) cluster.Destinations[name] = new() { Address = $"http://{name}/" };
            configure?.Invoke(cluster);
        });
        services.AddHttpClient("shop").AddNet2Balancing("shop");
        register?.Invoke(balancing);
        services.AddNet2Testing(Backends);

        _services = services.BuildServiceProvider();
        Client = _services.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
    }

    public ManualTimeProvider Time { get; }

    public ScriptedBackends Backends { get; }

    public HttpClient Client { get; }

    public TService Get<TService>()
        where TService : notnull => _services.GetRequiredService<TService>();

    /// <summary>How many requests each server gets of so many.</summary>
    public async Task<Dictionary<string, int>> SpreadAsync(int requests)
    {
        var before = Counts();
        for (var i = 0; i < requests; i++) await Time.AdvanceUntilAsync(Client.GetStringAsync("/"), TimeSpan.FromSeconds(5));
        return Counts().ToDictionary(c => c.Key, c => c.Value - before[c.Key]);
    }

    public void Dispose()
    {
        Client.Dispose();
        _services.Dispose();
    }

    private Dictionary<string, int> Counts() => ((string[])["anna", "ben", "carl"]).ToDictionary(n => n, n => Backends[$"http://{n}/"].Requests.Count);
}
