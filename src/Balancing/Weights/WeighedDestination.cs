namespace Net2Secure.Routing.Balancing;

/// <summary>A destination with what was configured for it and what is known of it, both taken at one moment.</summary>
internal readonly record struct WeighedDestination(Destination Destination, DestinationOptions Options, DestinationStatus Status)
{
    /// <summary>Its weight: what an operator says, or else the configuration.</summary>
    public int Weight => Status.Weight ?? Options.Weight;
}
