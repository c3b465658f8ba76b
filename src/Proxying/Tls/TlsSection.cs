namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>TLS at the public face.</summary>
internal sealed class TlsSection(TlsState state) : IConfigSection
{
    public ISectionDraft? Prepare(ConfigCandidate candidate)
    {
        // Files are not read for a configuration that is refused already.
        if (candidate.Errors.Count > 0) return null;
        var (said, path) = candidate.Find("Tls", static c => c.Tls);
        return new Draft(state, state.Prepare(said, path, candidate.Errors, candidate.Notices));
    }

    private sealed class Draft(TlsState state, TlsDraft draft) : ISectionDraft
    {
        public void Commit() => state.Commit(draft);

        public void Release() => state.Release(draft);
    }
}
