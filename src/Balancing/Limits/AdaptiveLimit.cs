namespace Net2Secure.Routing.Balancing;

/// <summary>The limit of one destination while it is found: gathers attempts into observations of a second or more, and hands them to the decision. Thread-safe.</summary>
/// <remarks>One attempt says little; its latency may be that of an odd request. Ten of them, over a second, say something; so does one that speaks of overload.</remarks>
internal sealed class AdaptiveLimit
{
    private const int FewestAttempts = 10;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly GradientLimit _decision;
    private readonly (int Least, int Most) _bounds;
    private TimeSpan? _windowEnds;
    private TimeSpan _latencies;
    private int _attempts;
    private int _inFlight;
    private bool _isOverloaded;

    private AdaptiveLimit(int least, int first, int most, int measureAfter)
    {
        _bounds = (least, most);
        _decision = new GradientLimit(least, Math.Clamp(first, least, most), most, measureAfter);
    }

    /// <summary>The limit at this moment.</summary>
    public int Limit
    {
        get
        {
            lock (_lock) return _decision.Limit;
        }
    }

    /// <summary>The one that a destination has, while its bounds stay; or a new one, which begins where that one was.</summary>
    /// <param name="present">The one that it has.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="share">Which part of the servers of its cluster come before it, so that they take turns at measuring. 0 up to 1.</param>
    public static AdaptiveLimit For(AdaptiveLimit? present, LimitSettings settings, double share)
    {
        var measureAfter = GradientLimit.MeasureEvery - (int)(share * GradientLimit.MeasureEvery);
        if (present is null) return new AdaptiveLimit(settings.Least, settings.First, settings.Most, measureAfter);
        return present._bounds == (settings.Least, settings.Most) ? present : new AdaptiveLimit(settings.Least, present.Limit, settings.Most, measureAfter);
    }

    /// <summary>Takes one attempt.</summary>
    /// <param name="latency">Time to its answer; <see langword="null"/> when it says nothing of the destination's pace.</param>
    /// <param name="inFlight">Attempts in flight when it was answered.</param>
    /// <param name="isOverloaded">Whether it says that the destination has too much to do.</param>
    /// <param name="now">The time, counted from anywhere.</param>
    /// <returns>The limit after it.</returns>
    public int Observe(TimeSpan? latency, int inFlight, bool isOverloaded, TimeSpan now)
    {
        lock (_lock)
        {
            _windowEnds ??= now + Window;
            _isOverloaded |= isOverloaded;
            _inFlight = Math.Max(_inFlight, inFlight);
            if (latency is { } known)
            {
                _latencies += known;
                _attempts++;
            }

            if (now < _windowEnds || (_attempts < FewestAttempts && !_isOverloaded)) return _decision.Limit;
            _decision.Observe(_attempts == 0 ? TimeSpan.Zero : _latencies / _attempts, _inFlight, _isOverloaded);
            (_windowEnds, _latencies, _attempts, _inFlight, _isOverloaded) = (now + Window, TimeSpan.Zero, 0, 0, false);
            return _decision.Limit;
        }
    }
}
