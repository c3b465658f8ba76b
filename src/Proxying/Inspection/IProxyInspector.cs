using System.Net;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Answers questions about the configuration that serves now, and about what it would do. Thread-safe.</summary>
public interface IProxyInspector
{
    /// <summary>The routes.</summary>
    IReadOnlyList<RouteOptions> Routes { get; }

    /// <summary>The clusters, with what each destination gets of the traffic.</summary>
    IReadOnlyList<ClusterDescription> Clusters { get; }

    /// <summary>What is valid but has no effect in this version.</summary>
    IReadOnlyList<ConfigError> Notices { get; }

    /// <summary>What is valid and unsafe, each with its path, the reason and the remedy; empty where <see cref="ShieldingOptions.Audit"/> is off.</summary>
    IReadOnlyList<ConfigError> Findings { get; }

    /// <summary>Where the ports for TCP listen at present, by name: the number too where the settings leave it to the system (port 0). Empty before the application starts.</summary>
    IReadOnlyDictionary<string, IPEndPoint> TcpEndPoints { get; }

    /// <summary>Says where a request would go. Nothing is sent.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="url">Its URL, absolute.</param>
    /// <param name="headers">Its header fields, but <c>Host</c>, which the URL has.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<RouteExplanation> ExplainAsync(string method, Uri url, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken = default);
}
