namespace Net2Secure.Routing.Balancing;

/// <summary>The reports of one destination: those that have come since the last look, and what is left of all before.</summary>
internal sealed class ReportedDestination(Destination destination)
{
    /// <summary>Reports that are read between two looks. What says more often how it is has said it.</summary>
    private const int MostReports = 64;

    private readonly Lock _lock = new();
    private string? _lastText;
    private LoadReport _last;
    private int _count;
    private double _utilization;
    private double _requests;
    private double _errors;
    private int _readable;
    private long _reportedAt;
    private long _lookedAt;

    public Destination Destination => destination;

    /// <summary>Its configured weight.</summary>
    public double Weight => Math.Max(1, destination.Weight);

    /// <summary>What its reports say, smoothed.</summary>
    public LoadReport Report { get; private set; }

    /// <summary>What is to become of its weight.</summary>
    public double Factor { get; set; } = 1;

    /// <summary>Takes a report. Never waits: one that comes at the same moment as another is not needed.</summary>
    /// <returns>Whether it can be read, or was not looked at.</returns>
    public bool TryAdd(string text, bool isBinary)
    {
        if (!_lock.TryEnter()) return true;
        try
        {
            if (_count >= MostReports) return true;
            if (!string.Equals(text, _lastText, StringComparison.Ordinal))
            {
                _lastText = null;
                if (!(isBinary ? LoadReportParser.TryParseBinary(text, out var report) : LoadReportParser.TryParse(text, out report)))
                {
                    // Unreadable ones count as well: they cost as much.
                    _count++;
                    return false;
                }

                (_lastText, _last) = (text, report);
            }

            // No utilisation is none at all, not an idle server.
            if (_last.Utilization <= 0) return true;
            _count++;
            _readable++;
            (_utilization, _requests, _errors) = (_utilization + _last.Utilization, _requests + _last.RequestsPerSecond, _errors + _last.ErrorsPerSecond);
            return true;
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Brings the smoothed report up to date.</summary>
    /// <returns>Whether there is one that is not too old.</returns>
    public bool Look(TimeProvider time, ReportedLoadOptions options)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_readable > 0)
            {
                var isFirst = Report.Utilization == 0;
                var share = isFirst ? 1 : 1 - Math.Exp(-(time.GetElapsedTime(_lookedAt, now) / options.Smoothing));
                Report = new(
                    Report.Utilization + (share * ((_utilization / _readable) - Report.Utilization)),
                    Report.RequestsPerSecond + (share * ((_requests / _readable) - Report.RequestsPerSecond)),
                    Report.ErrorsPerSecond + (share * ((_errors / _readable) - Report.ErrorsPerSecond)));
                _reportedAt = now;
            }

            (_utilization, _requests, _errors, _count, _readable) = (0, 0, 0, 0, 0);
            _lookedAt = now;
            if (Report.Utilization > 0 && time.GetElapsedTime(_reportedAt, now) < options.Expiry) return true;
            Report = default;
            Factor = 1;
            return false;
        }
    }
}
