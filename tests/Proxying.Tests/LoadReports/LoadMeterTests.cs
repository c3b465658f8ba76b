using Microsoft.Extensions.Logging.Abstractions;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.LoadReports;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Proxying.Tests.LoadReports;

public sealed class LoadMeterTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly LoadReportOptions _options = new();
    private TimeSpan _used = TimeSpan.FromSeconds(100);

    [Fact]
    public void Report_BeforeTheFirstInterval_IsNone()
    {
        var meter = Create();
        Assert.Null(meter.Report);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Null(meter.Report);
    }

    [Fact]
    public void Report_AfterAnInterval_SaysWhatHappenedInIt()
    {
        var meter = Create();
        for (var i = 0; i < 30; i++) meter.Count(isError: i < 3);
        _used += TimeSpan.FromSeconds(2); // of 4 processors for 2 seconds: a quarter
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("TEXT cpu_utilization=0.25, rps_fractional=15, eps=1.5", meter.Report);
        Assert.True(LoadReportParser.TryParse(meter.Report, out var report));
        Assert.Equal(new LoadReport(0.25, 15, 1.5), report);
    }

    [Fact]
    public void Report_WithinAnInterval_IsTheSameText()
    {
        var meter = Create();
        _time.Advance(TimeSpan.FromSeconds(1));
        var report = meter.Report;
        meter.Count(isError: false);
        _time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.Same(report, meter.Report);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal("TEXT cpu_utilization=0, rps_fractional=1, eps=0", meter.Report);
    }

    [Theory]
    [InlineData(0.5, ", application_utilization=0.5")]
    [InlineData(double.NaN, "")]
    [InlineData(-1.0, "")]
    public void Report_ApplicationUtilization_IsAddedWhereItIsANumber(double utilization, string end)
    {
        _options.ApplicationUtilization = () => utilization;
        var meter = Create();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("TEXT cpu_utilization=0, rps_fractional=0, eps=0" + end, meter.Report);
    }

    [Fact]
    public void Report_ApplicationUtilizationThrows_GoesWithoutIt()
    {
        _options.ApplicationUtilization = () => throw new InvalidOperationException("no such counter");
        var meter = Create();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("TEXT cpu_utilization=0, rps_fractional=0, eps=0", meter.Report);
    }

    private LoadMeter Create() => new(_options, _time, () => _used, processors: 4, NullLogger.Instance);
}
