namespace Net2Secure.Routing.Caching;

/// <summary>What the cache wants to know of the requests that pass it, and what becomes of them: a fetch may outlive the client, being shared by several or made in the background, so that the cache sends copies.</summary>
/// <remarks>Thread-safe. One instance serves all requests of an engine.</remarks>
internal interface ICacheRequests
{
    /// <summary>Makes the key of a request.</summary>
    /// <returns><see langword="false"/>: it has none, and is none of the cache's business.</returns>
    bool TryGetKey(HttpRequestMessage request, string partition, out CacheKey key);

    /// <summary>Whether a request takes note of how the cache handles it.</summary>
    bool WantsDecision(HttpRequestMessage request);

    /// <summary>The cache has handled a request that wants to know how.</summary>
    /// <param name="request">The client's request.</param>
    /// <param name="decision">How, in the words of <c>Cache-Status</c> (RFC 9211) without the name of the cache.</param>
    void Decided(HttpRequestMessage request, string decision);

    /// <summary>Takes note of how a request was answered.</summary>
    /// <param name="request">The client's request.</param>
    /// <param name="result">One of <see cref="CacheResults"/>.</param>
    void Note(HttpRequestMessage request, string result);

    /// <summary>Makes a request that asks for the same. Called while the client waits; the copy must not lean on the client's request, and is disposed when its response has been read.</summary>
    HttpRequestMessage Copy(HttpRequestMessage request);

    /// <summary>Waits on behalf of the client for the head of the answer to a copy, and meanwhile passes on what comes before it.</summary>
    Task WaitAsync(HttpRequestMessage request, HttpRequestMessage copy, Task answered, CancellationToken cancellationToken);

    /// <summary>The copy was answered while the client waited for it.</summary>
    /// <param name="request">The client's request.</param>
    /// <param name="copy">What was sent.</param>
    /// <param name="isPassed">The response is the client's alone; otherwise others, and the store, read it too.</param>
    /// <returns>The client's request has taken the place of the copy, so that nothing of the copy has to be let go. Only where the response is the client's alone.</returns>
    bool Answered(HttpRequestMessage request, HttpRequestMessage copy, bool isPassed);

    /// <summary>The client waits no longer, or the copy has failed. In the first case the fetch may go on without it.</summary>
    void Left(HttpRequestMessage request, HttpRequestMessage copy);

    /// <summary>The body of the answer to a copy is on its way to all who read it.</summary>
    /// <param name="copy">What was sent.</param>
    /// <param name="giveUp">Ends the fetch, for all of them.</param>
    void Arriving(HttpRequestMessage copy, Action giveUp);

    /// <summary>A request reads a body on its way that is the answer to the copy of another.</summary>
    void Joined(HttpRequestMessage request, HttpRequestMessage copy);

    /// <summary>The body of an answer that others read too has ended early.</summary>
    void Cut(HttpRequestMessage copy, HttpResponseMessage response, Exception reason);
}
