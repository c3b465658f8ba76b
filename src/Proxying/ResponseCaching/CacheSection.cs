using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>The store of responses: made once, as what is stored would be lost with one that is made anew.</summary>
internal sealed class CacheSection : IConfigSection
{
    private CacheStoreSettings? _atStart;

    public ISectionDraft? Prepare(ConfigCandidate candidate)
    {
        var (said, path) = candidate.Find("Cache", static c => c.Cache);
        if (candidate.IsFirst) return new SectionDraft(() => _atStart = said);
        if (said != _atStart) candidate.Notices.Report(path, "has changed, which takes effect when the application is started again");
        return null;
    }
}
