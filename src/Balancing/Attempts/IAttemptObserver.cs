namespace Net2Secure.Routing.Balancing;

/// <summary>Hears how attempts go.</summary>
/// <remarks>
/// Called on the request path, by many threads at once: does not block, do I/O, allocate or throw. Each attempt is told once, when the head of its answer has come or when it
/// failed; one whose answer is cut short afterwards is told a second time, with <see cref="SentState.AnswerBegun"/>.
/// </remarks>
internal interface IAttemptObserver
{
    /// <summary>Whether it wants to hear at all, asked after each configuration. When nobody does, attempts pay nothing.</summary>
    bool IsListening => true;

    /// <summary>An attempt has begun: the destination is picked and counted, nothing is sent yet.</summary>
    void OnStarted(Destination destination, HttpRequestMessage request);

    /// <summary>The attempt is answered, or has failed.</summary>
    void OnEnded(in AttemptOutcome outcome);
}
