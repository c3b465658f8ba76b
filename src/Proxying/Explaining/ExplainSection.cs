namespace Net2Secure.Routing.Proxying.Explaining;

/// <summary>The settings of the decision records.</summary>
internal sealed class ExplainSection(RequestExplanations explanations) : IConfigSection
{
    public ISectionDraft Prepare(ConfigCandidate candidate)
    {
        var said = candidate.Find("Explain", static c => c.Explain).Said;
        return new SectionDraft(() => explanations.Use(said));
    }
}
