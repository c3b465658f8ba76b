namespace Net2Secure.Routing.Proxying;

/// <summary>A part of the configuration beside routes and clusters, which knows what is wrong with it and how it comes into force. One for the application.</summary>
/// <remarks>Called under the lock of <see cref="ProxyStateManager"/>.</remarks>
internal interface IConfigSection
{
    /// <summary>Finds what is wrong with what the sources say, and reads what that names. Nothing that serves changes.</summary>
    /// <returns>What to do when everything else is right too; <see langword="null"/>: nothing.</returns>
    ISectionDraft? Prepare(ConfigCandidate candidate);
}
