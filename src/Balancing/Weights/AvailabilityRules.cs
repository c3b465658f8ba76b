namespace Net2Secure.Routing.Balancing;

/// <summary>Which health makes a destination usable, where nobody says otherwise.</summary>
internal sealed class AvailabilityRules : IAvailabilityRules
{
    /// <summary>The default.</summary>
    public static AvailabilityRules Default { get; } = new();

    /// <inheritdoc/>
    public bool UsesUnknown => true;

    /// <inheritdoc/>
    public double PanicThreshold => 0.5;
}
