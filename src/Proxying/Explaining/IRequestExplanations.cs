namespace Net2Secure.Routing.Proxying;

/// <summary>Why requests went where they went: the latest ones, and of those that were slow or failed more. Thread-safe.</summary>
/// <remarks>In memory, bounded by <see cref="ExplainOptions.Capacity"/>. Requests come here when they have ended; section <c>Net2Proxy:Explain</c> says which.</remarks>
public interface IRequestExplanations
{
    /// <summary>Whether requests are written down. Where it has been switched off, what was written down before is still here.</summary>
    bool IsEnabled { get; }

    /// <summary>Those that fit, the latest first. Looks at each that is kept: not for the way of requests.</summary>
    /// <param name="query">Which.</param>
    IReadOnlyList<RequestExplanation> Find(RequestExplanationQuery query);

    /// <summary>One of them by its <see cref="RequestExplanation.Id"/>.</summary>
    /// <returns><see langword="null"/>: it is not here, or not any more.</returns>
    RequestExplanation? Find(long id);
}
