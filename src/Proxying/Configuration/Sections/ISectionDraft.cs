namespace Net2Secure.Routing.Proxying;

/// <summary>What a section says, before it is in force. Ends with one of the two.</summary>
internal interface ISectionDraft
{
    /// <summary>Puts it in force. Routes and clusters are, already.</summary>
    void Commit();

    /// <summary>Lets go of what was read: it will not be in force.</summary>
    void Release()
    {
    }
}
