namespace Net2Secure.Routing.Balancing;

/// <summary>Makes a feature for each cluster. Registered as one of a set of singletons; features come in the order of their factories.</summary>
internal interface IClusterFeatureFactory
{
    /// <summary>Makes the feature of a new cluster; it hears of the settings by <see cref="IClusterFeature.Configure"/> afterwards. Must not fail.</summary>
    IClusterFeature Create(Cluster cluster);
}
