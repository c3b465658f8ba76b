namespace Net2Secure.Routing.Balancing;

/// <summary>A way to a cluster for copies: its balancing, its observers and its own connections. A proxy has one for each of its clusters.</summary>
/// <param name="Pipeline">Sends. Not disposed by who uses it.</param>
/// <param name="Version">The version of HTTP that the cluster is asked in.</param>
/// <param name="VersionPolicy">How strictly.</param>
internal sealed record MirrorSender(HttpMessageInvoker Pipeline, Version Version, HttpVersionPolicy VersionPolicy);
