namespace Net2Secure.Routing.Testing;

/// <summary>A server as a simulation knows it.</summary>
/// <param name="id">Its name, as that of the destination.</param>
public sealed class SimulatedBackend(string id)
{
    private readonly List<(TimeSpan At, BackendChange Change)> _changes = [];

    /// <summary>Its name, as that of the destination.</summary>
    public string Id { get; } = id;

    /// <summary>How long it works on a request. Default: always 10 ms.</summary>
    public Draw ServiceTime { get; init; } = Draw.Constant(TimeSpan.FromMilliseconds(10));

    /// <summary>Requests that it works on at once, 1 or more; more of them wait, first come, first served. Default: any number.</summary>
    public int Concurrency { get; init; } = int.MaxValue;

    /// <summary>Share of its requests that end in <see cref="FailureKind"/>, after their service time, in percent. 0 to 100. Default: 0.</summary>
    public double FailurePercent { get; init; }

    /// <summary>How these fail: by <see cref="BackendFailure.Reset"/>, <see cref="BackendFailure.InternalServerError"/> or <see cref="BackendFailure.ServiceUnavailable"/>. Default: reset.</summary>
    public BackendFailure FailureKind { get; init; } = BackendFailure.Reset;

    /// <summary>Weight of the destination. 0 to 65,535. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Zone of the destination. Default: none.</summary>
    public string? Zone { get; init; }

    /// <summary>Priority of the destination. Default: 0.</summary>
    public int Priority { get; init; }

    internal IReadOnlyList<(TimeSpan At, BackendChange Change)> Changes => _changes;

    /// <summary>Dies at a time of the simulation: what is under way there is reset, and connections are refused.</summary>
    public SimulatedBackend DownAt(TimeSpan at) => With(at, new BackendChange(IsDown: true, Factor: 1));

    /// <summary>Is back, at full speed.</summary>
    public SimulatedBackend UpAt(TimeSpan at) => With(at, new BackendChange(IsDown: false, Factor: 1));

    /// <summary>Takes longer from a time on, for requests that begin then.</summary>
    /// <param name="at">When.</param>
    /// <param name="factor">What its service times are multiplied by, 0 or more.</param>
    public SimulatedBackend SlowAt(TimeSpan at, double factor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(factor);
        return With(at, new BackendChange(IsDown: false, factor));
    }

    private SimulatedBackend With(TimeSpan at, BackendChange change)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(at, TimeSpan.Zero);
        _changes.Add((at, change));
        return this;
    }
}

/// <summary>What becomes of a backend at a time of the simulation.</summary>
internal readonly record struct BackendChange(bool IsDown, double Factor);
