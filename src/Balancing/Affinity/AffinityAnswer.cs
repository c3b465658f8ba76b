namespace Net2Secure.Routing.Balancing;

/// <summary>What is known when a request has been answered.</summary>
/// <param name="request">The request.</param>
/// <param name="options">The settings of the cluster's affinity.</param>
/// <param name="table">What <see cref="ITableBuildingAffinity.BuildTable"/> made of the destinations.</param>
/// <param name="match">What was read from the request.</param>
/// <param name="destination">Who answered.</param>
/// <param name="response">The answer.</param>
public readonly struct AffinityAnswer(
    HttpRequestMessage request, SessionAffinityOptions options, object? table, AffinityMatch match, Destination destination, HttpResponseMessage response)
{
    /// <summary>The request, as it was sent.</summary>
    public HttpRequestMessage Request { get; } = request;

    /// <summary>The settings of the cluster's affinity. Do not change.</summary>
    public SessionAffinityOptions Options { get; } = options;

    /// <summary>What <see cref="ITableBuildingAffinity.BuildTable"/> made of the destinations; otherwise <see langword="null"/>.</summary>
    public object? Table { get; } = table;

    /// <summary>What <see cref="ISessionAffinity.Find"/> read from the request.</summary>
    public AffinityMatch Match { get; } = match;

    /// <summary>The destination that answered in the end, after all retries.</summary>
    public Destination Destination { get; } = destination;

    /// <summary>The head of the answer. Fields may be added; what the destination set is to stay.</summary>
    public HttpResponseMessage Response { get; } = response;

    /// <summary>Whether the client is where it belongs and brought a key that is good, so that it has to be told nothing.</summary>
    public bool IsAtHome => Match.State == AffinityKeyState.Known && !Match.IsOutdated && ReferenceEquals(Match.Destination, Destination);
}
