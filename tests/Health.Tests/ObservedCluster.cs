using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Health.Tests;

/// <summary>A cluster with everything of passive health, time that a test moves, and attempts that a test makes up.</summary>
internal sealed class ObservedCluster : IDisposable
{
    private readonly ServiceProvider _services;

    /// <summary>Makes one with destinations a, b, c …</summary>
    public ObservedCluster(int count, Action<PassiveHealthCheckOptions>? passive = null, Action<ClusterOptions>? cluster = null, Action<IServiceCollection>? services = null)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(Time);
        collection.AddSingleton<RandomSource>(new NoChance());
        services?.Invoke(collection);
        collection.AddNet2Health().AddCluster("shop", c =>
        {
            c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
            for (var i = 0; i < count; i++) c.Destinations[Name(i)] = new DestinationOptions { Address = $"http://10.0.0.{i + 1}/" };
            if (passive is not null)
            {
                var settings = new PassiveHealthCheckOptions();
                passive(settings);
                c.HealthCheck = new() { Passive = settings };
            }

            cluster?.Invoke(c);
        });
        _services = collection.BuildServiceProvider();
        Registry.TryGet("shop", out var live);
        Cluster = live!;
    }

    public ManualTimeProvider Time { get; } = new();

    public Cluster Cluster { get; }

    public ClusterRegistry Registry => _services.GetRequiredService<ClusterRegistry>();

    public IHealthReader Reader => _services.GetRequiredService<IHealthReader>();

    public IDestinationControl Control => _services.GetRequiredService<IDestinationControl>();

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public Destination this[int index] => Cluster.Snapshot.Destinations[index];

    /// <summary>The destinations that take traffic, as one string of names.</summary>
    public string Serving => string.Concat(Cluster.Snapshot.Candidates.Select(d => d.Id));

    /// <summary>Whoever describes the cluster.</summary>
    public object Owner => _services.GetServices<IClusterSource>().OfType<CodedClusters>().Single();

    public void Pass(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public Attempt Begin(int index, HttpMethod? method = null) => new(this, this[index], method);

    /// <summary>An attempt that is answered at once.</summary>
    public void Answer(int index, HttpStatusCode status = HttpStatusCode.OK, int times = 1)
    {
        for (var i = 0; i < times; i++) Begin(index).Answer(status);
    }

    /// <summary>An attempt that is refused at once.</summary>
    public void Refuse(int index, int times = 1)
    {
        for (var i = 0; i < times; i++) Begin(index).Fail(AttemptFailureKinds.ConnectionRefused);
    }

    /// <summary>Chooses a destination as the handler does, gates included.</summary>
    public Destination? Choose(HttpRequestMessage request)
    {
        List<Destination> refused = [];
        while (Cluster.Snapshot.Pick(request, refused.ToArray()) is { } picked)
        {
            if (Cluster.Gates.All(g => g.Admits(picked, request))) return picked;
            refused.Add(picked);
        }

        return null;
    }

    public void Dispose() => _services.Dispose();

    private static string Name(int index) => ((char)('a' + index)).ToString();

    private sealed class NoChance : RandomSource
    {
        public override int Next(int exclusiveMax) => 0;

        public override double NextDouble() => 0;
    }

    /// <summary>An attempt under way.</summary>
    internal sealed class Attempt
    {
        private readonly ObservedCluster _owner;
        private readonly Destination _destination;
        private readonly AttemptObservation _observation;

        public Attempt(ObservedCluster owner, Destination destination, HttpMethod? method)
            : this(owner, destination, new HttpRequestMessage(method ?? HttpMethod.Get, "http://shop/"))
        {
        }

        public Attempt(ObservedCluster owner, Destination destination, HttpRequestMessage request)
        {
            (_owner, _destination, Request) = (owner, destination, request);
            _observation = AttemptObservation.Start(owner.Cluster, destination, Request);
        }

        public HttpRequestMessage Request { get; }

        public void Answer(HttpStatusCode status = HttpStatusCode.OK)
        {
            using var response = new HttpResponseMessage(status);
            _observation.Tell(Request, response, null);
        }

        public void Fail(string kind, FailureSide side = FailureSide.Destination, SentState sent = SentState.Unknown, bool isIdleClose = false) =>
            _observation.Tell(Request, null, new AttemptFailure(kind, side, sent) { IsIdleClose = isIdleClose });

        public void Cut()
        {
            using var response = new HttpResponseMessage();
            _observation.TellCut(Request, response, new AttemptFailure(AttemptFailureKinds.HttpResponseIncomplete, FailureSide.Destination, SentState.AnswerBegun));
        }

        public override string ToString() => $"{Request.Method} to {_destination.Id} of {_owner.Cluster.Id}";
    }
}
