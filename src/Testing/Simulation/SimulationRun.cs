using System.Net;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Testing;

/// <summary>One run: a queue of what is to happen, and the time that goes from one to the next.</summary>
internal sealed class SimulationRun
{
    private static readonly AttemptFailure Refused = new(AttemptFailureKinds.ConnectionRefused, FailureSide.Destination, SentState.NotConnected);
    private static readonly AttemptFailure Reset = new(AttemptFailureKinds.ConnectionTerminated, FailureSide.Destination, SentState.AllSent);
    private static readonly AttemptFailure TimedOut = new(AttemptFailureKinds.HttpResponseTimeout, FailureSide.Destination, SentState.Unknown);

    private readonly PolicySimulation _simulation;
    private readonly Cluster _cluster;
    private readonly ClusterResilience _resilience;
    private readonly ManualTimeProvider _time;
    private readonly RandomSource _random;
    private readonly SimulatedServer[] _servers;
    private readonly Dictionary<string, SimulatedServer> _byId;
    private readonly PriorityQueue<Event, (double At, long Number)> _events = new();
    private readonly List<double> _latencies;
    private double _now;
    private double _ended;
    private long _number;
    private int _arrived;
    private int _attempts;
    private int _retries;
    private int _retriesRefused;
    private int _failures;
    private int _unplaced;

    public SimulationRun(PolicySimulation simulation, Cluster cluster, ManualTimeProvider time, RandomSource random)
    {
        _simulation = simulation;
        _cluster = cluster;
        _resilience = cluster.Feature<ClusterResilience>()!;
        _time = time;
        _random = random;
        _servers = [.. simulation.Backends.Select(b => new SimulatedServer(b))];
        _byId = _servers.ToDictionary(s => s.Backend.Id, StringComparer.OrdinalIgnoreCase);
        _latencies = new List<double>(simulation.Requests);
    }

    private enum What
    {
        Arrival,
        Served,
        Timeout,
        Change,
    }

    public SimulationReport Run()
    {
        foreach (var server in _servers)
        {
            foreach (var (at, change) in server.Backend.Changes) Plan(at.TotalSeconds, new Event(What.Change, null, server, change));
        }

        PlanArrival();
        while (_events.TryDequeue(out var next, out var when))
        {
            // Changes that would come after the last answer do not happen.
            if (_arrived == _simulation.Requests && next.What == What.Change && !_servers.Any(static s => s.InFlight > 0)) continue;
            MoveTo(when.At);
            Happen(next);
        }

        return new SimulationReport(
            _arrived, _attempts, _retries, _retriesRefused, _failures, _unplaced, TimeSpan.FromSeconds(_ended), LatencySummary.Of(_latencies),
            [.. _servers.Select(s => new BackendReport(s.Backend.Id, s.Attempts, _attempts == 0 ? 0 : (double)s.Attempts / _attempts, s.Failures, s.MaxInFlight, LatencySummary.Of(s.Latencies)))]);
    }

    private void Happen(in Event happening)
    {
        switch (happening.What)
        {
            case What.Arrival:
                Arrive();
                break;
            case What.Served:
                Serve(happening.Attempt!);
                break;
            case What.Timeout when !happening.Attempt!.IsOver:
                Fail(happening.Attempt, TimedOut);
                break;
            case What.Change:
                Change(happening.Server!, happening.Change);
                break;
        }
    }

    private void Arrive()
    {
        var request = new SimulatedRequest(new RoutedRequestMessage(), _now);
        _simulation.PrepareRequest?.Invoke(request.Message, _arrived);
        if (++_arrived < _simulation.Requests) PlanArrival();
        _resilience.Budget.CountRequest();
        Attempt(request);
    }

    private void Attempt(SimulatedRequest request)
    {
        if (!DestinationChoice.Choose(_cluster, request.Message).TryGetAttempt(out var counted))
        {
            _unplaced++;
            End(request, isGood: false);
            return;
        }

        _attempts++;
        if (request.Seen + request.Unsent > 0) _retries++;
        var server = _byId[counted.Destination.Id];
        var observation = _cluster.Observers.Length > 0 ? AttemptObservation.Start(_cluster, counted.Destination, request.Message) : (AttemptObservation?)null;
        var attempt = new SimulatedAttempt(request, server, counted, observation, _now);
        server.Attempts++;
        server.InFlight++;
        server.MaxInFlight = Math.Max(server.MaxInFlight, server.InFlight);
        if (server.IsDown)
        {
            Fail(attempt, Refused);
            return;
        }

        if (_resilience.Settings.AttemptTimeout is { } timeout) Plan(_now + timeout.TotalSeconds, new Event(What.Timeout, attempt, null, default));
        if (server.Working.Count < server.Backend.Concurrency) Work(attempt);
        else server.Waiting.Enqueue(attempt);
    }

    private void Work(SimulatedAttempt attempt)
    {
        var server = attempt.Server;
        server.Working.Add(attempt);
        Plan(_now + (server.Backend.ServiceTime.Seconds(_random) * server.Factor), new Event(What.Served, attempt, null, default));
    }

    private void Serve(SimulatedAttempt attempt)
    {
        var server = attempt.Server;
        if (!server.Working.Remove(attempt)) return; // it died meanwhile
        var hasFailed = server.Backend.FailurePercent > 0 && _random.NextDouble() * 100 < server.Backend.FailurePercent;
        if (!attempt.IsOver)
        {
            if (!hasFailed) Answer(attempt, HttpStatusCode.OK);
            else if (server.Backend.FailureKind == BackendFailure.Reset) Fail(attempt, Reset);
            else Answer(attempt, server.Backend.FailureKind == BackendFailure.ServiceUnavailable ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.InternalServerError);
        }

        // What its caller has given up while it waited is not begun.
        while (server.Working.Count < server.Backend.Concurrency && server.Waiting.TryDequeue(out var next))
        {
            if (!next.IsOver) Work(next);
        }
    }

    private void Change(SimulatedServer server, in BackendChange change)
    {
        (server.IsDown, server.Factor) = (change.IsDown, change.Factor);
        if (!change.IsDown) return;
        SimulatedAttempt[] lost = [.. server.Working.Concat(server.Waiting).Where(static a => !a.IsOver)];
        server.Working.Clear();
        server.Waiting.Clear();

        // All of them are over before the first is made elsewhere, as they end at the same moment.
        foreach (var attempt in lost) Leave(attempt, Reset);
        foreach (var attempt in lost) Retry(attempt, Reset);
    }

    private void Answer(SimulatedAttempt attempt, HttpStatusCode status)
    {
        using var response = new HttpResponseMessage(status);
        attempt.Server.Latencies.Add(_now - attempt.Began);
        if ((int)status is 502 or 503 or 504) _resilience.Budget.CountOverload();
        var isBad = (int)status >= 500;
        Leave(attempt, failure: null, response);
        if (!isBad)
        {
            End(attempt.Request, isGood: true);
            return;
        }

        attempt.Server.Failures++;
        var settings = _resilience.Settings;
        var isRetried = settings.MayRepeat(attempt.Request.Message.Method) && settings.IsRetried((int)status);
        if (!isRetried || !TryRepeat(attempt, isUnsent: false, isBroken: false)) End(attempt.Request, isGood: false);
        else Attempt(attempt.Request);
    }

    private void Fail(SimulatedAttempt attempt, in AttemptFailure failure)
    {
        Leave(attempt, failure);
        Retry(attempt, failure);
    }

    private static void Leave(SimulatedAttempt attempt, AttemptFailure? failure, HttpResponseMessage? response = null)
    {
        attempt.IsOver = true;
        attempt.Server.InFlight--;
        attempt.Observation?.Tell(attempt.Request.Message, response, failure);
        attempt.Counted.End();
    }

    private void Retry(SimulatedAttempt attempt, in AttemptFailure failure)
    {
        attempt.Server.Failures++;
        var isUnsent = Repeatability.IsUnsent(failure);
        var isTimeout = failure.Kind == AttemptFailureKinds.HttpResponseTimeout;
        if (isTimeout) _resilience.Budget.CountOverload();
        else if (!isUnsent) _resilience.Budget.CountBroken();
        var settings = _resilience.Settings;
        var isAllowed = settings.Retries && (isUnsent || (settings.MayRepeat(attempt.Request.Message.Method) && Repeatability.IsWorthRepeating(failure)));
        if (isAllowed && TryRepeat(attempt, isUnsent, !isTimeout)) Attempt(attempt.Request);
        else End(attempt.Request, isGood: false);
    }

    // The order of questions is that of RetryRun: how often, is anybody else left, the budget.
    private bool TryRepeat(SimulatedAttempt attempt, bool isUnsent, bool isBroken)
    {
        var request = attempt.Request;
        var retry = _resilience.Settings.Retry;
        if (isUnsent ? ++request.Unsent > retry.MaxUnsentAttempts : ++request.Seen >= retry.MaxAttempts) return false;
        var routing = RequestRouting.GetOrCreate(request.Message);
        routing.Exclude(attempt.Counted.Destination);
        var isAnyoneLeft = _cluster.Snapshot.CouldPick(
            request.Message, (routing, _resilience.Circuits, request.Message),
            static (state, candidate) => !state.routing.Excluded.Holds(candidate) && state.Circuits.MayAdmit(candidate));
        if (!isAnyoneLeft) return false;
        if (isUnsent || _resilience.Budget.TryTake(ExtraAttempt.Retry, isBroken)) return true;
        _retriesRefused++;
        return false;
    }

    private void End(SimulatedRequest request, bool isGood)
    {
        _ended = _now;
        if (isGood) _latencies.Add(_now - request.Arrived);
        else _failures++;
        request.Message.Dispose();
    }

    private void PlanArrival() => Plan(_simulation.Arrivals.After(_now, _random), new Event(What.Arrival, null, null, default));

    private void Plan(double at, in Event what) => _events.Enqueue(what, (at, _number++));

    private void MoveTo(double to)
    {
        _now = Math.Max(_now, to);
        var by = TimeSpan.FromSeconds(_now) - _time.Elapsed;
        if (by > TimeSpan.Zero) _time.Advance(by);
    }

    private readonly record struct Event(What What, SimulatedAttempt? Attempt, SimulatedServer? Server, BackendChange Change);
}
