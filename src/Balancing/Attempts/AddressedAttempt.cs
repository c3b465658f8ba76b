namespace Net2Secure.Routing.Balancing;

/// <summary>A plain request for the time that it is addressed to a destination. Disposing it gives the request back as it came.</summary>
internal sealed class AddressedAttempt : IDisposable
{
    private static readonly HttpRequestOptionsKey<AddressedAttempt?> Key = new("Net2Secure.Routing.Balancing.AddressedAttempt");

    private readonly HttpRequestMessage _request;
    private readonly Uri _original;
    private readonly bool _hostIsOurs;
    private readonly bool _contentIsOurs;
    private readonly InFlightLease _lease;
    private AttemptObservation? _observation;
    private bool _answered;

    /// <summary>Addresses a request that <see cref="Check"/> has nothing against, and takes over its count.</summary>
    public AddressedAttempt(HttpRequestMessage request, CountedAttempt attempt)
    {
        _lease = new InFlightLease(attempt);
        var destination = attempt.Destination;
        _request = request;
        _original = request.RequestUri!;
        request.RequestUri = AddressAt(destination, _original);
        if (destination.Options.Host is { Length: > 0 } host && !request.Headers.NonValidated.Contains("Host"))
            _hostIsOurs = request.Headers.TryAddWithoutValidation("Host", host);
        _contentIsOurs = SoleSending.Ensure(request);
        request.Options.Set(BalancingRequestOptions.Destination, destination);
        request.Options.Set(Key, this);
        AttemptScope.Of(request)?.WaitAt(destination);
    }

    /// <summary>Whether a request can be addressed.</summary>
    /// <exception cref="InvalidOperationException">It cannot.</exception>
    public static void Check(HttpRequestMessage request)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true })
            throw new InvalidOperationException("The request has no absolute RequestUri. Give the HttpClient a BaseAddress; its host does not matter.");
    }

    /// <summary>The attempt that a request is addressed for, or <see langword="null"/>.</summary>
    public static AddressedAttempt? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var attempt) ? attempt : null;

    /// <summary>Lets those who observe the attempt hear of what becomes of its answer.</summary>
    public void Observe(in AttemptObservation observation) => _observation = observation;

    /// <summary>Hands the count over to the body of the response: the attempt ends with its last byte.</summary>
    public HttpResponseMessage Track(HttpResponseMessage response)
    {
        if (!MayHaveBody(response)) return response;
        if (_observation is { } observation) _lease.Answered(observation, _request, response);
        response.Content = new InFlightContent(response.Content, _lease);
        _answered = true;
        return response;
    }

    public void Dispose()
    {
        if (!_answered) _lease.Dispose();
        _request.RequestUri = _original;
        if (_hostIsOurs) _request.Headers.Host = null;
        if (_contentIsOurs) _request.Content = null;
        _request.Options.Set(Key, null);
    }

    // RFC 9110 §6.4.1. Nobody reads or disposes a body that cannot be there.
    private bool MayHaveBody(HttpResponseMessage response) =>
        _request.Method != HttpMethod.Head
        && (int)response.StatusCode is not (204 or 304)
        && response.Content.Headers.ContentLength != 0;

    // Path and query are already what is to go over the wire: reading them as a URL once more could only change them (dots, escapes).
    private static Uri AddressAt(Destination destination, Uri original) => new(
        string.Concat(destination.Address.GetLeftPart(UriPartial.Authority), destination.BasePath, original.PathAndQuery),
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
