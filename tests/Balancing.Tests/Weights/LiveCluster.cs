using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Balancing.Tests.Weights;

/// <summary>A cluster with all its features, in time that the test moves.</summary>
internal sealed class LiveCluster : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly ClusterRegistry _registry;

    public LiveCluster(Action<ClusterOptions> configure, Action<IServiceCollection>? register = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);

        // First, so that features of a test hear of everything before those that it tests.
        register?.Invoke(services);
        services.AddNet2Balancing();
        _services = services.BuildServiceProvider();
        _registry = _services.GetRequiredService<ClusterRegistry>();
        Reload(configure);
    }

    public ManualTimeProvider Time { get; } = new();

    public Cluster Cluster => _registry.Clusters.Single();

    public IServiceProvider Services => _services;

    public Destination this[string name] => Cluster.Snapshot.Destinations.Single(d => d.Id == name);

    /// <summary>The effective weights by name, those of 0 included.</summary>
    public string Weights => string.Join(' ', Cluster.Snapshot.Destinations.Select(d => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{d.Id}={Weight(d):0.###}")));

    public static ClusterOptions With(Action<ClusterOptions> configure, params string[] names)
    {
        var options = new ClusterOptions { ClusterId = "shop" };
        foreach (var name in names) options.Destinations[name] = new DestinationOptions { Address = $"http://{name}.example/" };
        configure(options);
        return options;
    }

    public void Reload(Action<ClusterOptions> configure) => _registry.Apply(this, [With(configure)]);

    public void Say(string name, DestinationHealth health) => Cluster.Update(this[name], "test", s => s with { Active = health });

    public void Say(string name, DestinationOverride order) => Cluster.Update(this[name], "test", s => s with { Override = order });

    public void Dispose() => _services.Dispose();

    private double Weight(Destination destination)
    {
        var index = Cluster.Snapshot.Candidates.Destinations.IndexOf(destination);
        return index < 0 ? 0 : Cluster.Snapshot.Candidates.Weights[index];
    }
}
