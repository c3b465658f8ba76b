using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Testing;

/// <summary>Runs a load balancing policy against backends and requests that are described, in virtual time: a day of traffic in seconds, the same in every run.</summary>
/// <remarks>
/// <para>Real, as an application has them: the cluster and all its settings, effective weights (tiers, zones, slow start), the policy, limits, circuit breakers, the observation of attempts (health
/// included, once <see cref="ConfigureServices"/> adds it), the rules by which a request may be repeated, and the budget. Simulated: backends, requests and the sequence of attempts. A retry is
/// made at once; the waits between later ones, hedging, lines of those who wait for room, mirroring and active probes are left out: who finds all destinations full has failed.</para>
/// <para>One thread, no tasks. An instance describes a simulation; each run begins anew. Not thread-safe.</para>
/// </remarks>
public sealed class PolicySimulation
{
    internal const string ClusterId = "simulation";

    private const string OwnPolicy = "Simulated";

    /// <summary>The servers, at least one.</summary>
    public IList<SimulatedBackend> Backends { get; } = [];

    /// <summary>How requests come. Default: 100 per second, by chance.</summary>
    public Arrivals Arrivals { get; set; } = Arrivals.Poisson(100);

    /// <summary>How many requests come, 1 or more. Default: 10,000.</summary>
    public int Requests { get; set; } = 10_000;

    /// <summary>Name of the policy, a built-in one or one that <see cref="ConfigureServices"/> adds. Default: that of the cluster's settings, or <see cref="LoadBalancingPolicyNames.PowerOfTwoChoices"/>.</summary>
    public string? PolicyName { get; set; }

    /// <summary>Makes a policy of your own, for one run; it takes the place of <see cref="PolicyName"/>. The services are those of the simulation: <see cref="RandomSource"/>, <see cref="TimeProvider"/>.</summary>
    public Func<IServiceProvider, ILoadBalancingPolicy>? Policy { get; set; }

    /// <summary>Fills in further settings of the cluster: resilience, limits, slow start, zones. Destinations are there already.</summary>
    public Action<ClusterOptions>? ConfigureCluster { get; set; }

    /// <summary>Adds to the services: <c>AddNet2Health()</c> for ejection, policies of your own.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; set; }

    /// <summary>Fills in each request before its first attempt, by its number from 0: the key for a policy that hashes, a method, header fields.</summary>
    public Action<RoutedRequestMessage, int>? PrepareRequest { get; set; }

    /// <summary>What chance begins with. Default: 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Runs it to the last answer.</summary>
    /// <exception cref="InvalidOperationException">The description lacks something.</exception>
    /// <exception cref="OptionsValidationException">A setting of the cluster is refused; the message says which.</exception>
    public SimulationReport Run()
    {
        if (Backends.Count == 0) throw new InvalidOperationException("A simulation needs a backend: add one to Backends.");
        if (Requests < 1) throw new InvalidOperationException($"A simulation needs requests; Requests is {Requests}.");
        foreach (var backend in Backends) Check(backend);
        var time = new ManualTimeProvider();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton<RandomSource>(new SeededRandomSource(Seed));
        var builder = services.AddNet2Balancing().AddCluster(ClusterId, Describe);
        if (Policy is { } policy) builder.AddLoadBalancingPolicy(OwnPolicy, policy);
        ConfigureServices?.Invoke(services);
        using var provider = services.BuildServiceProvider();
        if (!provider.GetRequiredService<IClusterRegistry>().TryGet(ClusterId, out var cluster)) throw new InvalidOperationException("The cluster of the simulation is gone.");

        // Chance of its own for what comes: two policies meet the same requests.
        return new SimulationRun(this, cluster, time, new SeededRandomSource(unchecked((Seed * 31) + 7))).Run();
    }

    private static void Check(SimulatedBackend backend)
    {
        if (backend.Concurrency < 1) throw new InvalidOperationException($"Backend '{backend.Id}' works on {backend.Concurrency} requests at once; it has to be 1 or more.");
        if (backend.FailurePercent is not (>= 0 and <= 100)) throw new InvalidOperationException($"Backend '{backend.Id}' fails {backend.FailurePercent} % of its requests; it has to be 0 to 100.");
        if (backend.FailureKind is not (BackendFailure.Reset or BackendFailure.InternalServerError or BackendFailure.ServiceUnavailable))
            throw new InvalidOperationException($"Backend '{backend.Id}' fails by {backend.FailureKind}; a simulation knows Reset, InternalServerError and ServiceUnavailable, and DownAt.");
    }

    private void Describe(ClusterOptions options)
    {
        for (var i = 0; i < Backends.Count; i++)
        {
            var backend = Backends[i];
            if (!options.Destinations.TryAdd(backend.Id, new DestinationOptions
            {
                Address = $"http://10.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}/", Weight = backend.Weight, Zone = backend.Zone, Priority = backend.Priority,
            }))
            {
                throw new InvalidOperationException($"Two backends are named '{backend.Id}'.");
            }
        }

        ConfigureCluster?.Invoke(options);
        if (Policy is not null) options.LoadBalancingPolicy = OwnPolicy;
        else if (PolicyName is not null) options.LoadBalancingPolicy = PolicyName;
    }
}
