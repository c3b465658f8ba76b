using Microsoft.Extensions.Configuration;

namespace Net2Secure.Routing.Proxying;

/// <summary>Says what a configuration would change, before it serves. Thread-safe; one dry run at a time.</summary>
/// <remarks>
/// A candidate takes the place of the file or section that serves now; what an application says in code stays beside it. It is read and judged by the rules of a real load, and asked, together with what serves,
/// where requests and keys would go. Nothing is sent, probed, looked up in DNS or counted, and nothing that serves is touched. Takes up to some seconds of one processor for configurations of thousands of clusters.
/// </remarks>
public interface IProxyDryRun
{
    /// <summary>Compares a candidate with what serves.</summary>
    /// <param name="json">The candidate, as the JSON of a configuration file with a section <c>Net2Proxy</c>. Up to 4 MiB; what is larger, or no JSON, is reported as an error.</param>
    /// <param name="options">What to ask. Default: what is derived from routes and from recent requests.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DryRunBusyException">Another one is going on.</exception>
    /// <exception cref="InvalidOperationException">Nothing serves yet.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    Task<DryRunReport> RunAsync(string json, DryRunOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Compares a candidate with what serves.</summary>
    /// <param name="section">The candidate: the section that has <c>Routes</c> and <c>Clusters</c>. Up to 200,000 settings.</param>
    /// <param name="options">What to ask. Default: what is derived from routes and from recent requests.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DryRunBusyException">Another one is going on.</exception>
    /// <exception cref="InvalidOperationException">Nothing serves yet.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    Task<DryRunReport> RunAsync(IConfiguration section, DryRunOptions? options = null, CancellationToken cancellationToken = default);
}
