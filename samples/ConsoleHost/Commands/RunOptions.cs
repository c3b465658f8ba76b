namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>What the command line says of running the proxy.</summary>
/// <param name="Urls">Where to listen; <see langword="null"/>: not said.</param>
/// <param name="AccessLog">Whether to write one line per request.</param>
/// <param name="Metrics">Where to show metrics; <see langword="null"/>: nowhere.</param>
internal sealed record RunOptions(string? Urls, bool AccessLog, string? Metrics);
