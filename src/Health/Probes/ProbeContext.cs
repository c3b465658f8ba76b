using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Health;

/// <summary>Whom a probe asks, and how. Immutable; the same instance for all probes of a destination under one set of settings.</summary>
public sealed class ProbeContext
{
    /// <summary>Makes a context, for tests of a probe.</summary>
    /// <param name="clusterId">Name of the cluster.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="address">Where to ask.</param>
    /// <param name="host">The name to ask by.</param>
    /// <param name="options">The settings.</param>
    public ProbeContext(string clusterId, Destination? destination, Uri address, string? host, ActiveHealthCheckOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(clusterId);
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(options);
        (ClusterId, Destination, Address, Host, Options) = (clusterId, destination, address, host, options);
        Target = new UriBuilder(address) { Path = address.AbsolutePath.TrimEnd('/') + (options.Path is { Length: > 0 } path ? path : "/"), Query = options.Query ?? "" }.Uri;
    }

    /// <summary>Name of the cluster.</summary>
    public string ClusterId { get; }

    /// <summary>The destination; <see langword="null"/> only where a test leaves it out.</summary>
    public Destination? Destination { get; }

    /// <summary>Where to ask: the destination's <c>Health</c> or <c>Address</c>, with the port of the settings where they name one.</summary>
    public Uri Address { get; }

    /// <summary>The name to ask by, with a port where it has one: <c>Host</c> of the settings or of the destination; <see langword="null"/> for the authority of <see cref="Address"/>.</summary>
    public string? Host { get; }

    /// <summary>The settings. Do not change.</summary>
    public ActiveHealthCheckOptions Options { get; }

    /// <summary>What an HTTP probe asks for: <see cref="Address"/> with path and query of the settings.</summary>
    public Uri Target { get; }

    /// <summary>The name that a certificate has to bear.</summary>
    internal string ServerName => Host is null ? Address.IdnHost : new Uri("http://" + Host).IdnHost;

    /// <summary>The context of a destination of a live cluster.</summary>
    internal static ProbeContext Of(Destination destination, ActiveHealthCheckOptions options)
    {
        var given = destination.Options;
        var address = string.IsNullOrEmpty(given.Health) ? destination.Address : new Uri(given.Health, UriKind.Absolute);
        if (options.Port is { } port) address = new UriBuilder(address) { Port = port }.Uri;
        var host = !string.IsNullOrEmpty(options.Host) ? options.Host : !string.IsNullOrEmpty(given.Host) ? given.Host : null;
        return new ProbeContext(destination.ClusterId, destination, address, host, options);
    }
}
