using Net2Secure.Routing.Proxying.Telemetry;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>The life of one forwarded request: one token that ends it, because the client left, nothing moved for too long, or the forwarder says so.</summary>
/// <remarks>
/// Pooled. A timer per request, set and unset, would cost more than the rest of the bookkeeping: here the timer of a scope stays armed across requests, activity is a
/// timestamp, and only when the timer fires is it asked whether time was really up.
/// </remarks>
internal sealed class ForwardScope : IDisposable
{
    /// <summary>Octets that a client has to send for its time to begin anew; with the default of 10 s, 240 octets per second.</summary>
    public const int UploadStep = 2400;

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly ITimer _timer;
    private CancellationTokenRegistration _clientRegistration;
    private TimeSpan _timeout;
    private long _lastActivity;
    private long _started;
    private TimeSpan? _totalTimeout;
    private ForwardEnd _overdueReason;
    private bool _active;
    private bool _armed;
    private TimeSpan _armedFor;
    private int _reason;
    private ClientWait _upload;
    private ClientWait _download;
    private int _uploaded;

    public ForwardScope(TimeProvider time)
    {
        _time = time;
        Token = _ending.Token;
        using (ExecutionContext.SuppressFlow())
            _timer = time.CreateTimer(static state => ((ForwardScope)state!).OnTimer(), this, System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends everything that belongs to the request.</summary>
    public CancellationToken Token { get; }

    /// <summary>Why <see cref="Token"/> fired.</summary>
    public ForwardEnd Reason => (ForwardEnd)Volatile.Read(ref _reason);

    /// <summary>Bytes of the request's body, or of a tunnel, that came from the client. Written by whoever moves them, one at a time.</summary>
    public long ReceivedBytes { get; set; }

    /// <summary>Bytes of the response's body, or of a tunnel, that went to the client. Written by whoever moves them, one at a time.</summary>
    public long SentBytes { get; set; }

    /// <summary>Takes note of how the request goes; <see langword="null"/>: nobody wants to know. Here, because a field of what is made for each request would be paid by all.</summary>
    public RequestRecord? Record { get; set; }

    /// <summary>Whether time was up while the destination was waited for, not the client.</summary>
    public bool IsDestinationLate
    {
        get
        {
            if (Reason is not (ForwardEnd.Inactive or ForwardEnd.Overdue)) return false;
            lock (_lock) return !_upload.IsWaiting && !_download.IsWaiting;
        }
    }

    public void Begin(TimeSpan activityTimeout, TimeSpan? totalTimeout, CancellationToken clientGone)
    {
        var first = totalTimeout < activityTimeout ? totalTimeout.Value : activityTimeout;
        lock (_lock)
        {
            _started = _time.GetTimestamp();
            Volatile.Write(ref _lastActivity, _started);
            _active = true;
            // An armed timer may be due later than this request allows; one due earlier simply looks at the clock and re-arms.
            if (!_armed || first < _armedFor) Arm_NeedsLock(first);
            _timeout = activityTimeout;
            _totalTimeout = totalTimeout;
            _overdueReason = ForwardEnd.Overdue;
            _upload.Reset(TimeSpan.MaxValue);
            _download.Reset(TimeSpan.MaxValue);
            _uploaded = 0;
            ReceivedBytes = 0;
            SentBytes = 0;
        }

        _clientRegistration = clientGone.UnsafeRegister(static state => ((ForwardScope)state!).End(ForwardEnd.ClientGone), this);
    }

    /// <summary>Says how long the client may be waited for.</summary>
    /// <param name="send">For each <see cref="UploadStep"/> octets of its body.</param>
    /// <param name="receive">To take what waits for it of the response.</param>
    public void LimitClient(TimeSpan send, TimeSpan receive)
    {
        lock (_lock)
        {
            _upload.Reset(send);
            _download.Reset(receive);
        }
    }

    /// <summary>Lets the client send as slowly as it likes.</summary>
    public void AllowQuietUpload()
    {
        lock (_lock) _upload.Reset(TimeSpan.MaxValue);
    }

    /// <summary>More of the request body is waited for.</summary>
    public void BeginUploadWait() => Begin(ref _upload);

    /// <summary>Some of it has come.</summary>
    public void EndUploadWait(long octets)
    {
        lock (_lock)
        {
            _uploaded = (int)Math.Min(_uploaded + octets, UploadStep);
            var isEnough = _uploaded == UploadStep;
            if (isEnough) _uploaded = 0;
            _upload.End(_time, _time.GetTimestamp(), isEnough);
        }
    }

    /// <summary>The client is given time to take what waits for it.</summary>
    public void BeginDownloadWait() => Begin(ref _download);

    /// <summary>It has.</summary>
    public void EndDownloadWait()
    {
        lock (_lock) _download.End(_time, _time.GetTimestamp(), isEnough: true);
    }

    /// <summary>Something moved.</summary>
    public void Touch() => Volatile.Write(ref _lastActivity, _time.GetTimestamp());

    /// <summary>Ends the request, unless it has ended.</summary>
    public void End(ForwardEnd reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) == 0) _ending.Cancel();
    }

    /// <summary>Ends the request when this time has passed, whatever moves until then.</summary>
    public void EndAfter(TimeSpan delay, ForwardEnd reason)
    {
        lock (_lock)
        {
            _started = _time.GetTimestamp();
            _totalTimeout = delay;
            _overdueReason = reason;
            Arm_NeedsLock(delay);
        }
    }

    /// <summary>Goes over to the rules of a tunnel: another time without activity, and no time in all.</summary>
    public void BecomeTunnel(TimeSpan activityTimeout)
    {
        lock (_lock)
        {
            _timeout = activityTimeout;
            _totalTimeout = null;
            Volatile.Write(ref _lastActivity, _time.GetTimestamp());
            Arm_NeedsLock(activityTimeout);
        }
    }

    /// <summary>Detaches the scope from its request.</summary>
    /// <returns>Whether it can serve another one.</returns>
    public bool Complete()
    {
        _clientRegistration.Dispose();
        Record = null;
        lock (_lock) _active = false;
        return Reason == ForwardEnd.None && _ending.TryReset();
    }

    public void Dispose()
    {
        _timer.Dispose();
        _ending.Dispose();
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Begin(ref ClientWait wait)
    {
        lock (_lock)
        {
            var left = wait.Begin(_time.GetTimestamp());
            if (left < _armedFor) Arm_NeedsLock(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    private void Arm_NeedsLock(TimeSpan due)
    {
        _armed = true;
        _armedFor = due;
        _timer.Change(due, System.Threading.Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _armed = false;
            if (!_active) return;
            var now = _time.GetTimestamp();
            var idleLeft = _timeout - _time.GetElapsedTime(Volatile.Read(ref _lastActivity), now);
            var totalLeft = _totalTimeout - _time.GetElapsedTime(_started, now) ?? TimeSpan.MaxValue;
            var uploadLeft = _upload.Left(_time, now);
            var downloadLeft = _download.Left(_time, now);
            var left = Least(Least(idleLeft, totalLeft), Least(uploadLeft, downloadLeft));
            if (left > TimeSpan.Zero)
            {
                Arm_NeedsLock(left);
                return;
            }

            // Decided under the lock, so that a scope which has gone on to another request is never ended for this one's sake.
            var reason = uploadLeft <= TimeSpan.Zero ? ForwardEnd.ClientStalled
                : downloadLeft <= TimeSpan.Zero ? ForwardEnd.ClientGone
                : idleLeft <= TimeSpan.Zero ? ForwardEnd.Inactive : _overdueReason;
            if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) != 0) return;
        }

        _ending.Cancel();
    }
}
