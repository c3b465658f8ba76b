namespace Net2Secure.Routing.Balancing;

/// <summary>What one destination's connections have shown of late, and whether it is asked. Closed: it is. Open: single requests on trial only.</summary>
/// <remarks>Thread-safe. While all is well, an attempt costs two reads. Times are those of the cluster's clock.</remarks>
internal sealed class Circuit
{
    private const int ShareSlots = 10;

    private readonly Lock _lock = new();
    private bool _isOpen;
    private int _streak;
    private long _streakBegan;
    private int _failedTrials;
    private long _openedAt;
    private TimeSpan _wait;
    private bool _isOnTrial;
    private bool _isTrialUnderWay;
    private long _trialBegan;
    private ShareSlot[]? _share;

    /// <summary>Whether it is asked for trials only.</summary>
    public bool IsOpen => Volatile.Read(ref _isOpen);

    /// <summary>Whether nothing stands to be forgotten by a success.</summary>
    public bool IsUntroubled => !IsOpen && Volatile.Read(ref _streak) == 0;

    /// <summary>Asks for a trial, which is the asker's if it is granted.</summary>
    /// <param name="now">The time.</param>
    /// <param name="longestWait">The wait is cut to this.</param>
    /// <param name="patience">How long beyond the wait a better request for a trial is hoped for.</param>
    /// <param name="time">The clock.</param>
    public bool TryBeginTrial(long now, TimeSpan longestWait, TimeSpan patience, TimeProvider time)
    {
        lock (_lock)
        {
            if (!_isOpen) return true;
            var wait = Least(_wait, longestWait);
            if (_isOnTrial)
            {
                // One that was never begun, because somebody else said no, or one that hangs.
                var since = time.GetElapsedTime(_trialBegan, now);
                if (since < (_isTrialUnderWay ? Most(wait, TimeSpan.FromSeconds(1)) : TimeSpan.FromMilliseconds(250))) return false;
            }
            else if (time.GetElapsedTime(_openedAt, now) < wait + patience) return false;

            (_isOnTrial, _isTrialUnderWay, _trialBegan) = (true, false, now);
            return true;
        }
    }

    /// <summary>Whether a trial could be asked for now.</summary>
    public bool IsTrialDue(long now, TimeSpan longestWait, TimeProvider time)
    {
        lock (_lock) return !_isOpen || (!_isOnTrial && time.GetElapsedTime(_openedAt, now) >= Least(_wait, longestWait));
    }

    /// <summary>An attempt begins.</summary>
    public void OnStarted()
    {
        if (!IsOpen) return;
        lock (_lock)
        {
            if (_isOnTrial) _isTrialUnderWay = true;
        }
    }

    /// <summary>An attempt was answered.</summary>
    /// <returns>Whether that closed the circuit.</returns>
    public bool OnAnswered(long began)
    {
        lock (_lock)
        {
            // What was under way when the circuit opened says nothing new.
            if (_isOpen && began < _openedAt) return false;
            var closes = _isOpen;
            Reset_NeedsLock();
            return closes;
        }
    }

    /// <summary>The attempt says nothing of the destination.</summary>
    public void OnUndecided(long began)
    {
        if (!IsOpen) return;
        lock (_lock)
        {
            if (_isOnTrial && began >= _trialBegan) _isOnTrial = false;
        }
    }

    /// <summary>No connection, or a broken one.</summary>
    /// <param name="began">When the attempt began.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">The settings.</param>
    /// <param name="jitter">By which the wait is multiplied.</param>
    /// <param name="time">The clock.</param>
    /// <returns>Whether that opened the circuit.</returns>
    public bool OnFailed(long began, long now, CircuitBreakerOptions options, double jitter, TimeProvider time)
    {
        lock (_lock)
        {
            if (_isOpen)
            {
                if (_isOnTrial && began >= _trialBegan) Open_NeedsLock(now, _failedTrials + 1, options, jitter);
                return false;
            }

            if (_streak == 0 || time.GetElapsedTime(_streakBegan, now) > options.Window) (_streak, _streakBegan) = (0, now);
            if (++_streak < options.Failures) return false;
            Open_NeedsLock(now, 0, options, jitter);
            return true;
        }
    }

    /// <summary>Counts an attempt towards the share of failures.</summary>
    /// <returns>Whether that opened the circuit.</returns>
    public bool CountShare(bool failed, long now, CircuitBreakerOptions options, double jitter, TimeProvider time)
    {
        var number = (long)(now / (options.Window.TotalSeconds * time.TimestampFrequency / ShareSlots));
        lock (_lock)
        {
            if (_isOpen) return false;
            _share ??= new ShareSlot[ShareSlots];
            ref var slot = ref _share[(int)(number % ShareSlots)];
            if (slot.Number != number) slot = new ShareSlot { Number = number };
            slot.Attempts++;
            if (!failed) return false;
            slot.Failures++;
            var (attempts, failures) = (0, 0);
            foreach (var one in _share)
            {
                if (number - one.Number >= ShareSlots) continue;
                attempts += one.Attempts;
                failures += one.Failures;
            }

            if (attempts < options.MinAttempts || failures * 100L < attempts * (long)options.FailurePercent!.Value) return false;
            Open_NeedsLock(now, 0, options, jitter);
            return true;
        }
    }

    /// <summary>Closes it and forgets.</summary>
    /// <returns>Whether it was open.</returns>
    public bool Close()
    {
        lock (_lock)
        {
            var wasOpen = _isOpen;
            Reset_NeedsLock();
            return wasOpen;
        }
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Most(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private void Open_NeedsLock(long now, int failedTrials, CircuitBreakerOptions options, double jitter)
    {
        _failedTrials = failedTrials;
        _openedAt = now;
        // Doubled a bounded number of times: a shift by more would overflow long after the longest wait has been reached.
        var wait = options.OpenFor * (1 << Math.Min(failedTrials, 20));
        _wait = Least(wait, options.MaxOpenFor) * jitter;
        _isOnTrial = _isTrialUnderWay = false;
        _share = null;
        Volatile.Write(ref _streak, 0);
        Volatile.Write(ref _isOpen, true);
    }

    private void Reset_NeedsLock()
    {
        _isOnTrial = _isTrialUnderWay = false;
        _failedTrials = 0;
        if (_isOpen) _share = null;
        Volatile.Write(ref _streak, 0);
        Volatile.Write(ref _isOpen, false);
    }

    private struct ShareSlot
    {
        public long Number;
        public int Attempts;
        public int Failures;
    }
}
