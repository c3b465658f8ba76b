using System.Globalization;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>One destination under a monitor: what its probes have come to, and the probe that runs.</summary>
/// <remarks>Thread-safe. At most one probe of it runs at a time.</remarks>
internal sealed class ProbedDestination : ProbeScheduler.Entry, IThreadPoolWorkItem
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly HealthMonitor _monitor;
    private readonly Lock _lock = new();
    private ProbeAssignment _assignment;
    private ProbeContext _context;
    private ProbeState _state;
    private ProbeReport? _last;
    private CancellationTokenSource? _running;
    private Task? _overdue;
    private bool _stopped;
    private bool _isSuspect;
    private bool _troubleLogged;
    private long _startedAt;

    public ProbedDestination(HealthMonitor monitor, Destination destination, ProbeAssignment assignment, ProbeState state)
    {
        _monitor = monitor;
        Destination = destination;
        _assignment = assignment;
        _context = ProbeContext.Of(destination, assignment.Options);
        _state = state;
    }

    /// <summary>The destination.</summary>
    public Destination Destination { get; }

    /// <summary>What its probes have come to.</summary>
    public ProbeState State
    {
        get
        {
            lock (_lock) return _state;
        }
    }

    /// <summary>The last probe, or <see langword="null"/> before it.</summary>
    public ProbeReport? Last
    {
        get
        {
            lock (_lock) return _last;
        }
    }

    /// <summary>Lets its first probe run within a time.</summary>
    public void Begin(TimeSpan delay) => _monitor.Scheduler.Schedule(this, delay);

    /// <summary>Takes over new settings. A probe that runs and asks something else than they say is cancelled, and its answer not looked at.</summary>
    public void Assign(ProbeAssignment assignment)
    {
        CancellationTokenSource? outdated = null;
        bool isSame;
        lock (_lock)
        {
            var context = ProbeContext.Of(Destination, assignment.Options);
            isSame = ReferenceEquals(assignment.Probe, _assignment.Probe) && context.Target == _context.Target && context.Host == _context.Host;
            _assignment = assignment;
            if (!isSame) (_context, outdated) = (context, _running);
        }

        Cancel(outdated);
        _monitor.Scheduler.Hurry(this, isSame ? assignment.Plan.Interval : TimeSpan.Zero);
    }

    /// <summary>Ends its probes. What still runs is cancelled and says nothing any more.</summary>
    public void Stop()
    {
        CancellationTokenSource? running;
        lock (_lock)
        {
            _stopped = true;
            running = _running;
        }

        _monitor.Scheduler.Cancel(this);
        Cancel(running);
    }

    /// <summary>Something speaks against the verdict: asks now rather than at the next regular time, at most once in a fast interval.</summary>
    public void Suspect()
    {
        TimeSpan delay;
        lock (_lock)
        {
            if (_stopped) return;
            _isSuspect = _running is not null;
            if (_isSuspect) return;
            delay = _assignment.Plan.FastInterval - _monitor.Time.GetElapsedTime(_startedAt);
        }

        _monitor.Scheduler.Hurry(this, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override void Run()
    {
        if (_monitor.RunsInline) _ = ProbeAsync();
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => _ = ProbeAsync();

    private async Task ProbeAsync()
    {
        ProbeAssignment assignment;
        ProbeContext context;
        CancellationTokenSource timeout;
        lock (_lock)
        {
            (assignment, context) = (_assignment, _context);
            timeout = new CancellationTokenSource(assignment.Plan.Timeout, _monitor.Time);
            _startedAt = _monitor.Time.GetTimestamp();
            _running = timeout;
        }

        ProbeResult result;
        Exception? trouble = null;
        try
        {
            result = await AskAsync(assignment, context, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            result = NoAnswer(assignment);
        }
        catch (Exception e) // whatever a probe throws is a probe that failed
        {
            trouble = e;
            result = ProbeResult.Failed(e.GetType().Name);
        }

        if (trouble is not null) LogOnce(trouble);
        else if (result.Outcome == ProbeOutcome.Passed) _troubleLogged = false;
        Complete(context, result);
        timeout.Dispose();
        _monitor.Scheduler.Ended();
    }

    private async ValueTask<ProbeResult> AskAsync(ProbeAssignment assignment, ProbeContext context, CancellationToken cancellationToken)
    {
        if (_overdue is { IsCompleted: false }) return ProbeResult.Failed("an earlier probe has not returned");
        _overdue = null;
        var asking = assignment.Probe.ProbeAsync(context, cancellationToken);
        if (asking.IsCompleted) return await asking.ConfigureAwait(false);

        // A probe that heeds its token has a moment to come back; one that does not must not hold its place for ever.
        var task = asking.AsTask();
        try
        {
            return await task.WaitAsync(assignment.Plan.Timeout + Grace, _monitor.Time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            _overdue = task;
            _ = task.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return NoAnswer(assignment);
        }
    }

    private static ProbeResult NoAnswer(ProbeAssignment assignment) =>
        ProbeResult.Failed(string.Create(CultureInfo.InvariantCulture, $"no answer within {assignment.Plan.Timeout.TotalMilliseconds:0} ms"));

    private void Complete(ProbeContext context, ProbeResult result)
    {
        var elapsed = _monitor.Time.GetElapsedTime(_startedAt);
        TimeSpan delay;
        lock (_lock)
        {
            _running = null;
            if (_stopped) return;
            if (!ReferenceEquals(context, _context)) delay = TimeSpan.Zero; // it asked what nobody wants to know any more
            else
            {
                var (before, isFirst, plan, chance) = (_state, _last is null, _assignment.Plan, _monitor.Random.NextDouble());
                _state = before.After(result.Outcome, plan.HealthyThreshold, plan.UnhealthyThreshold, Destination.Status.Passive == DestinationHealth.Unhealthy);
                _last = new ProbeReport(result, _monitor.Time.GetUtcNow(), elapsed);
                delay = (_isSuspect ? plan.FastInterval : isFirst ? plan.FirstPause(_state, chance) : plan.Pause(_state, _monitor.IsIdle, chance)) - elapsed;
                _isSuspect = false;
                _monitor.Note(new ProbeVerdict(Destination, before, _state, result, elapsed, isFirst));
            }
        }

        _monitor.Scheduler.Schedule(this, delay > TimeSpan.Zero ? delay : TimeSpan.Zero);
        _monitor.Publish();
    }

    private void LogOnce(Exception trouble)
    {
        if (_troubleLogged) return;
        _troubleLogged = true;
        MonitoringLog.ProbeThrew(_monitor.Logger, Destination.ClusterId, Destination.Id, trouble);
    }

    // Callbacks may be the user's: they run elsewhere. The probe may end at this very moment, and its source with it.
    private static void Cancel(CancellationTokenSource? source)
    {
        try
        {
            _ = source?.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
        }
    }
}

/// <summary>What the destinations of a cluster are probed with, and when.</summary>
/// <param name="Probe">Asks.</param>
/// <param name="Plan">When, and what follows.</param>
/// <param name="Options">The settings.</param>
/// <param name="Question">All settings that <paramref name="Probe"/> was made of, to be compared.</param>
internal sealed record ProbeAssignment(IHealthProbe Probe, ProbePlan Plan, ActiveHealthCheckOptions Options, string Question);

/// <summary>How a probe went.</summary>
internal sealed record ProbeReport(ProbeResult Result, DateTimeOffset At, TimeSpan Elapsed);

/// <summary>What a probe has made of the state of a destination.</summary>
internal readonly record struct ProbeVerdict(Destination Destination, ProbeState Before, ProbeState After, ProbeResult Result, TimeSpan Elapsed, bool IsFirst)
{
    /// <summary>Whether the cluster has to hear of it.</summary>
    public bool IsChange => Before.Health != After.Health || Before.AsksToDrain != After.AsksToDrain;

    /// <summary>Why, for people.</summary>
    public string Reason => After switch
    {
        { Health: DestinationHealth.Unhealthy, Failed: 1 } => $"probe failed: {Result.Reason}",
        { Health: DestinationHealth.Unhealthy } => string.Create(CultureInfo.InvariantCulture, $"{After.Failed} probes failed: {Result.Reason}"),
        { AsksToDrain: true } => $"probe is answered with a wish for no new traffic: {Result.Reason}",
        { Passed: 1 } => "probe passed",
        _ => string.Create(CultureInfo.InvariantCulture, $"{After.Passed} probes passed"),
    };
}
