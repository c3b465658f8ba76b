using System.Buffers;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Proxying.Telemetry.Prometheus;

namespace Net2Secure.Routing.Proxying.Tests.Telemetry;

/// <summary>What instruments say, added up and written down.</summary>
public sealed class MetricsCollectorTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Meter _meter;

    public MetricsCollectorTests() => _meter = Factory.Create("Net2Secure.Routing.Test");

    private IMeterFactory Factory => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Counter_OfSeveralAttributes_IsAddedUpPerSetWhateverTheirOrder()
    {
        using var collector = Create();
        var counter = _meter.CreateCounter<long>("net2.test.requests", "{request}", "What it \\ counts.\nIn two lines.");
        counter.Add(2, new("b.x", "1"), new KeyValuePair<string, object?>("a", true));
        counter.Add(3, new("a", true), new KeyValuePair<string, object?>("b.x", "1"));
        counter.Add(1);
        var read = Read(collector);
        Assert.Equal("counter", read.Types["net2_test_requests_total"]);
        Assert.Equal(@"What it \\ counts.\nIn two lines.", read.Help["net2_test_requests_total"]);
        Assert.Equal(5, read["net2_test_requests_total{a=true,b_x=1}"]);
        Assert.Equal(1, read["net2_test_requests_total"]);
    }

    [Theory]
    [InlineData("quote \" back \\ line \n end")]
    [InlineData("Grüße, 世界")]
    [InlineData("a=\"b\",c")]
    public void Label_WithAnyValue_IsReadBackAsItWas(string value)
    {
        using var collector = Create();
        _meter.CreateCounter<int>("labelled").Add(1, new KeyValuePair<string, object?>("l", value));
        Assert.Equal(1, Read(collector)[$"labelled_total{{l={value}}}"]);
    }

    [Fact]
    public void Histogram_HasBucketsThatAddUp_WithEachBoundaryInTheBucketBelow()
    {
        using var collector = Create();
        var histogram = _meter.CreateHistogram("took", "s", "Time.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.1, 0.5, 7 }) histogram.Record(value, new KeyValuePair<string, object?>("k", "v"));
        var read = Read(collector);
        Assert.Equal(
            [2, 3, 4, 4],
            new[] { "bucket{k=v,le=0.1}", "bucket{k=v,le=1}", "bucket{k=v,le=+Inf}", "count{k=v}" }.Select(s => read["took_seconds_" + s]));
        Assert.Equal(7.65, read["took_seconds_sum{k=v}"], 9);
    }

    [Fact]
    public void Gauges_UpDownCountersAndObserved_ShowWhatIsNow()
    {
        using var collector = Create();
        var upDown = _meter.CreateUpDownCounter<long>("busy", "{request}");
        upDown.Add(3);
        upDown.Add(-1);
        _meter.CreateGauge<double>("level", "1").Record(0.5);
        var there = new List<string> { "a", "b" };
        _meter.CreateObservableUpDownCounter("seen", () => there.Select(t => new Measurement<long>(4, new KeyValuePair<string, object?>("d", t))), "By");
        var read = Read(collector);
        Assert.Equal((2, 0.5, 4, 4), (read["busy"], read["level_ratio"], read["seen_bytes{d=a}"], read["seen_bytes{d=b}"]));
        Assert.All(["busy", "level_ratio", "seen_bytes"], name => Assert.Equal("gauge", read.Types[name]));
        there.Remove("a");
        Assert.Equal(["seen_bytes{d=b}"], Read(collector).Samples.Where(s => s.StartsWith("seen", StringComparison.Ordinal)));
    }

    [Fact]
    public void Series_BeyondTheBound_AreOne()
    {
        using var collector = Create(new() { MaxSeriesPerInstrument = 2 });
        var counter = _meter.CreateCounter<long>("many");
        for (var i = 0; i < 10; i++) counter.Add(1, new KeyValuePair<string, object?>("i", i));
        var read = Read(collector);
        Assert.Equal(["many_total{i=0}", "many_total{i=1}", "many_total{otel_metric_overflow=true}"], read.Samples);
        Assert.Equal(8, read["many_total{otel_metric_overflow=true}"]);
    }

    [Fact]
    public void Meters_OfOthersAndOfOtherApplications_AreLeftOut()
    {
        using var collector = Create();
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Factory.Create("Somebody.Else").CreateCounter<long>("theirs").Add(1);
        other.GetRequiredService<IMeterFactory>().Create("Net2Secure.Routing.Test").CreateCounter<long>("neighbours").Add(1);
        Assert.Empty(Read(collector).Samples);
        using var wider = Create(new() { Meters = { "Somebody.Else" } });
        Factory.Create("Somebody.Else").CreateCounter<long>("theirs.too").Add(1);
        Assert.Equal(["theirs_too_total"], Read(wider).Samples);
    }

    [Fact]
    public void Instrument_ThatFailsToBeObserved_LeavesTheOthers()
    {
        using var collector = Create();
        _meter.CreateObservableGauge("broken", long () => throw new InvalidOperationException("no"));
        _meter.CreateCounter<long>("whole").Add(1);
        var samples = Read(collector).Samples;
        // The process may have meters beside, of no application.
        Assert.Contains("whole_total", samples);
        Assert.DoesNotContain(samples, static s => s.StartsWith("broken", StringComparison.Ordinal));
    }

    [Fact]
    public void Name_OfAnotherKindOfInstrument_IsNotTakenTwice()
    {
        using var collector = Create();
        _meter.CreateUpDownCounter<long>("same").Add(1);
        _meter.CreateHistogram<long>("same").Record(5);
        Assert.Equal(["same"], Read(collector).Samples);
    }

    [Fact]
    public async Task Counting_FromManyThreads_LosesNothing()
    {
        using var collector = Create();
        var counter = _meter.CreateCounter<long>("contended");
        var histogram = _meter.CreateHistogram<double>("contended.time", "s");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("i", i % 7));
                histogram.Record(1);
            }
        }))).WaitAsync(TimeSpan.FromSeconds(30));
        var read = Read(collector);
        Assert.Equal(40_000, read.Samples.Where(s => s.StartsWith("contended_total", StringComparison.Ordinal)).Sum(s => read[s]));
        Assert.Equal((40_000, 40_000), (read["contended_time_seconds_count"], read["contended_time_seconds_bucket{le=+Inf}"]));
    }

    private MetricsCollector Create(MetricsEndpointOptions? options = null) => new(options ?? new(), Factory, NullLogger<MetricsCollector>.Instance);

    private static Exposition Read(MetricsCollector collector)
    {
        var output = new ArrayBufferWriter<byte>();
        collector.Write(new MetricsWriter(output));
        return output.WrittenCount == 0 ? new Exposition() : Exposition.Parse(Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
