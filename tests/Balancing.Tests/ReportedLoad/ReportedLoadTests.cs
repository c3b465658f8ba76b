using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing.Tests.Weights;

namespace Net2Secure.Routing.Balancing.Tests.ReportedLoad;

public sealed class ReportedLoadTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("cpu_utilization=0.5,rps=100", "cpu_utilization=0.25,rps=100", "a=0.667 b=1.333")] // 200 and 400: median 300
    [InlineData("cpu_utilization=0.5,rps=100", "cpu_utilization=0.5,rps=300", "a=0.5 b=1.5")]
    [InlineData("cpu_utilization=0.5,rps=100,eps=50", "cpu_utilization=0.5,rps=100", "a=0.667 b=1.333")] // half of them fail: 100 ÷ (0.5 + 0.5)
    [InlineData("application_utilization=0.9,cpu_utilization=0.1,rps=90", "application_utilization=0.3,cpu_utilization=0.9,rps=90", "a=0.5 b=1.5")]
    [InlineData("cpu_utilization=0.5,rps=100", "cpu_utilization=0.51,rps=100", "a=1 b=1")] // hardly any difference: no new snapshot
    public void Reports_WithRequests_WeighByWhatEachCouldServe(string a, string b, string weights)
    {
        using var live = Create();
        Report(live, ("a", a), ("b", b));
        Assert.Equal("a=1 b=1", live.Weights);
        live.Time.Advance(Second);
        Assert.Equal(weights, live.Weights);
    }

    [Fact]
    public void Reports_AreFactorsOnTheConfiguredWeights()
    {
        using var live = Create(o => o.Destinations["b"].Weight = 4);

        // b serves four times as much at the same utilisation, as its weight says.
        Report(live, ("a", "cpu_utilization=0.5,rps=100"), ("b", "cpu_utilization=0.5,rps=400"));
        live.Time.Advance(Second);
        Assert.Equal("a=1 b=4", live.Weights);
    }

    [Fact]
    public void Reports_OfALiar_MoveNobodyElseAndItselfNoFurtherThanItsBound()
    {
        using var live = Create(names: ["a", "b", "c", "d", "e"]);
        foreach (var (lie, least, most) in (IEnumerable<(string, double, double)>)[("cpu_utilization=0.000001,rps=1000000000", 2.85, 3), ("cpu_utilization=100,rps=0.000001", 0.2, 0.21)])
        {
            for (var i = 0; i < 100; i++)
            {
                Report(live, ("a", "cpu_utilization=0.5,rps=100"), ("b", "cpu_utilization=0.5,rps=100"), ("c", "cpu_utilization=0.5,rps=100"), ("d", "cpu_utilization=0.5,rps=100"), ("e", lie));
                live.Time.Advance(Second);
            }

            Assert.StartsWith("a=1 b=1 c=1 d=1 ", live.Weights, StringComparison.Ordinal);
            Assert.InRange(live.Cluster.Snapshot.Candidates.Weights[4], least, most);
        }
    }

    [Fact]
    public void Reports_OfUtilisationAlone_ComeToAnEvenUtilisationWithoutSwinging()
    {
        // Two servers, one of which can do three times as much; utilisation follows from the traffic that each gets.
        using var live = Create();
        var (highest, last) = (0.0, 0.0);
        for (var second = 0; second < 300; second++)
        {
            var candidates = live.Cluster.Snapshot.Candidates;
            var share = candidates.Weights[0] / candidates.TotalWeight;
            Report(live, ("a", FormattableString.Invariant($"cpu_utilization={0.6 * share / 1:0.####}")), ("b", FormattableString.Invariant($"cpu_utilization={0.6 * (1 - share) / 3:0.####}")));
            live.Time.Advance(Second);
            (last, highest) = ((1 - share) / share, Math.Max(highest, (1 - share) / share));
        }

        Assert.InRange(last, 2.6, 3.3);
        Assert.InRange(highest, 0, 3.5);
    }

    [Fact]
    public async Task Reports_InTrailers_AreReadWhenTheBodyHasBeen()
    {
        using var live = Create();
        foreach (var (name, text) in (IEnumerable<(string, string)>)[("a", "cpu_utilization=0.5,rps=100"), ("b", "cpu_utilization=0.25,rps=100")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop/");
            using var response = new HttpResponseMessage { Content = new StreamContent(new MemoryStream([1, 2, 3])) };
            live[name].BeginAttempt();
            var addressed = new AddressedAttempt(request, new CountedAttempt(live[name], null));
            addressed.Observe(AttemptObservation.Start(live.Cluster, live[name], request));
            addressed.Track(response);
            addressed.Dispose();
            response.TrailingHeaders.TryAddWithoutValidation("endpoint-load-metrics", "TEXT " + text);
            await response.Content.CopyToAsync(Stream.Null);
        }

        live.Time.Advance(Second);
        Assert.Equal("a=0.667 b=1.333", live.Weights);
    }

    [Fact]
    public void Reports_AreSmoothed()
    {
        using var live = Create();
        for (var i = 0; i < 60; i++)
        {
            Report(live, ("a", "cpu_utilization=0.5,rps=100"), ("b", "cpu_utilization=0.5,rps=100"));
            live.Time.Advance(Second);
        }

        // One report that stands out moves the weight a little, not all the way to its bound.
        Report(live, ("a", "cpu_utilization=0.5,rps=100"), ("b", "cpu_utilization=5,rps=100"));
        live.Time.Advance(Second);
        var b = live.Cluster.Snapshot.Candidates.Weights[1] / live.Cluster.Snapshot.Candidates.Weights[0];
        Assert.InRange(b, 0.3, 0.6);
    }

    [Fact]
    public void Reports_ThatAreTooOld_CountForNothing()
    {
        using var live = Create();
        Report(live, ("a", "cpu_utilization=0.5,rps=100"), ("b", "cpu_utilization=0.25,rps=100"));
        live.Time.Advance(Second);
        Assert.Equal("a=0.667 b=1.333", live.Weights);
        live.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("a=0.667 b=1.333", live.Weights);
        live.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("a=1 b=1", live.Weights);
    }

    [Fact]
    public void Reports_OfOneAlone_ChangeNothing()
    {
        using var live = Create();
        Report(live, ("a", "cpu_utilization=0.9,rps=1"));
        live.Time.Advance(Second);
        Assert.Equal("a=1 b=1", live.Weights);
    }

    [Fact]
    public void Reports_ManyInOnePeriod_AreOneNewSnapshot()
    {
        using var live = Create();
        var before = live.Cluster.Snapshot;
        for (var i = 0; i < 1000; i++) Report(live, ("a", $"cpu_utilization=0.5,rps={100 + (i % 7)}"), ("b", "cpu_utilization=0.25,rps=100"));
        Assert.Same(before, live.Cluster.Snapshot);
        var version = live.Cluster.StatusVersion;
        live.Time.Advance(Second);
        Assert.Equal(version + 1, live.Cluster.StatusVersion);
    }

    [Fact]
    public void Reports_Malformed_AreIgnoredAndCounted()
    {
        using var live = Create();
        var counted = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == LoadReportMetrics.MalformedName && instrument.Meter.Scope == live.Services.GetRequiredService<IMeterFactory>()) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) => counted.Add($"{count} {instrument.Unit} {string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}"));
        listener.Start();
        Send(live, "a", ("endpoint-load-metrics", "TEXT cpu_utilization=much"));
        Send(live, "b", ("endpoint-load-metrics-bin", "?"));
        live.Time.Advance(Second);
        Assert.Equal("a=1 b=1", live.Weights);
        Assert.Equal(["1 {report} net2.cluster.id=shop net2.destination.id=a", "1 {report} net2.cluster.id=shop net2.destination.id=b"], counted);
    }

    [Fact]
    public void Reports_SwitchedOffByAReload_GiveTheConfiguredWeightsBack()
    {
        using var live = Create();
        Report(live, ("a", "cpu_utilization=0.5,rps=100"), ("b", "cpu_utilization=0.25,rps=100"));
        live.Time.Advance(Second);
        live.Reload(o => Shop(o, ["a", "b"]));
        Assert.Equal("a=0.667 b=1.333", live.Weights);
        live.Reload(o =>
        {
            Shop(o, ["a", "b"]);
            o.ReportedLoad = null;
        });
        Assert.Equal("a=1 b=1", live.Weights);
        Report(live, ("a", "cpu_utilization=0.5,rps=100"), ("b", "cpu_utilization=0.25,rps=100"));
        live.Time.Advance(Second);
        Assert.Equal("a=1 b=1", live.Weights);
        Assert.False(live.Cluster.Feature<Balancing.ReportedLoad>()!.IsListening);
    }

    [Fact]
    public void Answer_WithoutAReport_AllocatesNothing()
    {
        using var live = Create();
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("X-Other", "1");
        using var request = new RoutedRequestMessage();
        var (feature, outcome) = (live.Cluster.Feature<Balancing.ReportedLoad>()!, new AttemptOutcome(live["a"], request, response, null, Second));
        feature.OnEnded(outcome);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) feature.OnEnded(outcome);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Cluster_Ends_StopsTheTimer()
    {
        var live = Create();
        Report(live, ("a", "cpu_utilization=0.5,rps=100"), ("b", "cpu_utilization=0.25,rps=100"));
        live.Dispose();
        live.Time.Advance(Second * 10);
        Assert.Equal("a=1 b=1", live.Weights);
    }

    private static LiveCluster Create(Action<ClusterOptions>? configure = null, string[]? names = null) => new(o =>
    {
        Shop(o, names ?? ["a", "b"]);
        configure?.Invoke(o);
    });

    private static void Shop(ClusterOptions options, string[] names)
    {
        options.ReportedLoad = new();
        foreach (var name in names) options.Destinations[name] = new() { Address = $"http://{name}.example/" };
    }

    private static void Report(LiveCluster live, params (string Name, string Text)[] reports)
    {
        foreach (var (name, text) in reports) Send(live, name, ("endpoint-load-metrics", "TEXT " + text));
    }

    private static void Send(LiveCluster live, string name, (string Name, string Value) field)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation(field.Name, field.Value);
        using var request = new RoutedRequestMessage();
        live.Cluster.Feature<Balancing.ReportedLoad>()!.OnEnded(new AttemptOutcome(live[name], request, response, null, Second));
    }
}
