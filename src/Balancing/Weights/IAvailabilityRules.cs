namespace Net2Secure.Routing.Balancing;

/// <summary>Which health makes a destination usable. A section of a cluster's settings that knows better than the default implements it.</summary>
internal interface IAvailabilityRules
{
    /// <summary>Whether a destination of which nothing is known takes traffic.</summary>
    bool UsesUnknown { get; }

    /// <summary>Share of the weight in service that has to be usable. Below it all destinations in service are used, whatever their health. 0 for never, 1 for always short of all.</summary>
    double PanicThreshold { get; }
}
