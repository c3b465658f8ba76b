namespace Net2Secure.Routing.Proxying;

/// <summary>A draft that holds nothing that would have to be let go of.</summary>
internal sealed class SectionDraft(Action commit) : ISectionDraft
{
    public void Commit() => commit();
}
