using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying.LoadReports;

/// <summary>Measures the load of this process, and has the text ready that says it.</summary>
/// <remarks>No timer: the first request after an interval measures, all others read a string. Thread-safe.</remarks>
/// <param name="options">The settings.</param>
/// <param name="time">Time.</param>
/// <param name="processorTime">What the process has used of its processors until now.</param>
/// <param name="processors">How many processors it may use.</param>
/// <param name="logger">Takes what goes wrong in the application's own measurement.</param>
internal sealed class LoadMeter(LoadReportOptions options, TimeProvider time, Func<TimeSpan> processorTime, int processors, ILogger logger)
{
    private readonly Lock _measuring = new();
    private long _requests;
    private long _errors;
    private long _measuredAt = time.GetTimestamp();
    private TimeSpan _processorTimeThen = processorTime();
    private long _requestsThen;
    private long _errorsThen;
    private bool _applicationFailed;
    private string? _text;

    /// <summary>The present report; <see langword="null"/> until the first interval is over.</summary>
    public string? Report
    {
        get
        {
            if (time.GetElapsedTime(Volatile.Read(ref _measuredAt)) >= options.Interval) Measure();
            return Volatile.Read(ref _text);
        }
    }

    /// <summary>Counts a request that has been served.</summary>
    public void Count(bool isError)
    {
        Interlocked.Increment(ref _requests);
        if (isError) Interlocked.Increment(ref _errors);
    }

    private void Measure()
    {
        if (!_measuring.TryEnter()) return;
        try
        {
            var now = time.GetTimestamp();
            var elapsed = time.GetElapsedTime(_measuredAt, now);
            if (elapsed < options.Interval) return;
            var (used, requests, errors) = (processorTime(), Interlocked.Read(ref _requests), Interlocked.Read(ref _errors));
            var seconds = elapsed.TotalSeconds;
            var cpu = Math.Max(0, (used - _processorTimeThen) / elapsed / processors);
            var application = ApplicationUtilization() is { } utilization ? string.Create(CultureInfo.InvariantCulture, $", application_utilization={utilization:0.####}") : "";
            Volatile.Write(ref _text, string.Create(
                CultureInfo.InvariantCulture,
                $"TEXT cpu_utilization={cpu:0.####}, rps_fractional={(requests - _requestsThen) / seconds:0.##}, eps={(errors - _errorsThen) / seconds:0.##}{application}"));
            (_processorTimeThen, _requestsThen, _errorsThen) = (used, requests, errors);
            Volatile.Write(ref _measuredAt, now);
        }
        finally
        {
            _measuring.Exit();
        }
    }

    private double? ApplicationUtilization()
    {
        if (options.ApplicationUtilization is not { } measure) return null;
        try
        {
            var utilization = measure();
            _applicationFailed = false;
            return double.IsFinite(utilization) && utilization >= 0 ? utilization : null;
        }
        catch (Exception e) // the application's own code; a report is no reason to fail a request
        {
            if (!_applicationFailed) LoadReportsLog.MeasuringFailed(logger, e);
            _applicationFailed = true;
            return null;
        }
    }
}
