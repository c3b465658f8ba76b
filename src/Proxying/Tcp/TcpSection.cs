namespace Net2Secure.Routing.Proxying.Tcp;

/// <summary>The ports that are passed through.</summary>
internal sealed class TcpSection(TcpPorts ports) : IConfigSection
{
    public ISectionDraft Prepare(ConfigCandidate candidate)
    {
        var (said, path) = candidate.Find("Tcp", static c => c.Tcp);
        var listeners = said ?? ports.Coded;
        TcpRules.Validate(listeners, path, [.. candidate.Clusters.Select(static c => c?.ClusterId ?? "")], candidate.Errors);
        return new SectionDraft(() => ports.Apply(listeners, candidate.Clusters));
    }
}
