namespace Net2Secure.Routing.Proxying;

/// <summary>A dry run is going on, and there is only one at a time. Try again when it has ended.</summary>
public sealed class DryRunBusyException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    public DryRunBusyException()
        : base("A dry run is going on already: only one runs at a time. Try again when it has ended.")
    {
    }
}
