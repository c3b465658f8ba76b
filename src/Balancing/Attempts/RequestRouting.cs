using System.Runtime.InteropServices;

namespace Net2Secure.Routing.Balancing;

/// <summary>What the handlers of balancing tell each other about one request. Made when one of them has something to say.</summary>
/// <remarks>Used by one attempt at a time; not thread-safe.</remarks>
internal sealed class RequestRouting
{
    private static readonly HttpRequestOptionsKey<RequestRouting> Key = new("Net2Secure.Routing.Balancing.Routing");

    private List<Destination>? _excluded;

    /// <summary>The destination that the request's client is kept on; it is taken while it can be used.</summary>
    public Destination? Pinned { get; set; }

    /// <summary>Whether nobody else will do.</summary>
    public bool PinnedOnly { get; set; }

    /// <summary>Whether the present attempt was ended from inside, because its time was up. Then its cancellation is the destination's failure, not the caller's wish.</summary>
    public bool TimedOut { get; set; }

    /// <summary>Attempts that were made so far, where it was more than one.</summary>
    public int Attempts { get; set; } = 1;

    /// <summary>The cluster that the request goes to instead of that of its pipeline, in one attempt: it is a copy. <see langword="null"/> for all others.</summary>
    public Cluster? SentTo { get; set; }

    /// <summary>The field with a new key that affinity has put on the answer, if it did: it goes to the client whatever becomes of the destination's fields.</summary>
    public (string Name, string Value) Issued { get; set; }

    /// <summary>Destinations that are not to be picked: they failed this request already.</summary>
    public ReadOnlySpan<Destination> Excluded => CollectionsMarshal.AsSpan(_excluded);

    /// <summary>What is known of a request, or <see langword="null"/>.</summary>
    public static RequestRouting? Of(HttpRequestMessage request) =>
        request is RoutedRequestMessage routed ? routed.Routing
        : request.Options.TryGetValue(Key, out var routing) ? routing : null;

    /// <summary>What is known of a request, to be added to.</summary>
    public static RequestRouting GetOrCreate(HttpRequestMessage request)
    {
        if (Of(request) is { } known) return known;
        var routing = new RequestRouting();
        Set(request, routing);
        return routing;
    }

    /// <summary>Says what is known of a request.</summary>
    public static void Set(HttpRequestMessage request, RequestRouting routing)
    {
        if (request is RoutedRequestMessage routed) routed.Routing = routing;
        else request.Options.Set(Key, routing);
    }

    /// <summary>The same, for an attempt beside another one.</summary>
    public RequestRouting Copy()
    {
        var copy = new RequestRouting { Pinned = Pinned, PinnedOnly = PinnedOnly };
        foreach (var destination in Excluded) copy.Exclude(destination);
        return copy;
    }

    /// <summary>Leaves a destination out of the picks that follow.</summary>
    public void Exclude(Destination destination)
    {
        _excluded ??= new List<Destination>(4);
        if (!_excluded.Contains(destination)) _excluded.Add(destination);
    }

    /// <summary>Lets all be picked again.</summary>
    public void ExcludeNobody() => _excluded?.Clear();
}
