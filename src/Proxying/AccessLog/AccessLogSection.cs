namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>The settings of the access log.</summary>
internal sealed class AccessLogSection(AccessLogger logger) : IConfigSection
{
    public ISectionDraft Prepare(ConfigCandidate candidate)
    {
        var said = candidate.Find("AccessLog", static c => c.AccessLog).Said;
        return new SectionDraft(() => logger.Use(said));
    }
}
