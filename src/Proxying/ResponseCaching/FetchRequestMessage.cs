using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>The request that the cache sends in a client's place. It leans on nothing of the client's, as the server takes that back when the client has been answered.</summary>
/// <param name="isClientSecure">The client's request came over a secure connection.</param>
/// <param name="main">The message that this is one more attempt of; <see langword="null"/> for the first.</param>
internal sealed class FetchRequestMessage(bool isClientSecure, FetchRequestMessage? main = null) : RoutedRequestMessage
{
    private readonly FetchRequestMessage? _main = main;
    private readonly Lock _lock = new();
    private Queue<InterimResponse>? _interim;
    private TaskCompletionSource? _arrival;
    private AttemptJournal? _journal;

    /// <summary>Whether whoever waited for it gave up because the destination took too long.</summary>
    public bool IsLate { get; set; }

    /// <summary>The journal of the client's request, which this is made for.</summary>
    internal override AttemptJournal? Journal => (_main ?? this)._journal;

    /// <inheritdoc/>
    internal override bool IsClientSecure => isClientSecure;

    /// <inheritdoc/>
    internal override bool IsOutOfTime => base.IsOutOfTime || IsLate;

    /// <summary>Ends the fetch for all who read what it brings; set when there is something to read.</summary>
    public Action? GiveUp { get; set; }

    /// <summary>Writes its attempts down where those of the client's request are.</summary>
    public void UseJournal(AttemptJournal? journal) => _journal = journal;

    /// <summary>Keeps the interim responses that come, for a client that wants them.</summary>
    public void ExpectInterimResponses()
    {
        _arrival = NewArrival();
        OnInterimResponse = static (message, interim, _) =>
        {
            var fetch = (FetchRequestMessage)message;
            (fetch._main ?? fetch).Keep(interim);
            return ValueTask.CompletedTask;
        };
    }

    /// <summary>Ends when an interim response has come; <see langword="null"/>: none is waited for.</summary>
    public Task? InterimArrival
    {
        get
        {
            lock (_lock) return _arrival?.Task;
        }
    }

    /// <summary>Takes the interim response that came first.</summary>
    public bool TryTakeInterim(out InterimResponse interim)
    {
        lock (_lock)
        {
            interim = default;
            if (_interim is null || !_interim.TryDequeue(out interim)) return false;
            if (_interim.Count == 0) _arrival = NewArrival();
            return true;
        }
    }

    /// <inheritdoc/>
    protected override RoutedRequestMessage CreateCopy() => new FetchRequestMessage(isClientSecure, _main ?? this);

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Keep(in InterimResponse interim)
    {
        lock (_lock)
        {
            // The transport bounds how many there can be.
            (_interim ??= new Queue<InterimResponse>()).Enqueue(interim);
            _arrival?.TrySetResult();
        }
    }
}
