namespace Net2Secure.Routing.Balancing;

/// <summary>A section of a cluster's settings that another room knows: read, checked and carried for it in <see cref="ClusterOptions.Sections"/>.</summary>
/// <remarks>Registered as one of a set of singletons by the room that knows it. A proxy reads its own clusters and does not need it; clusters for clients do.</remarks>
internal interface IClusterSection
{
    /// <summary>The name of the section in the settings of a cluster.</summary>
    string Name { get; }

    /// <summary>Reads the section, if it is there, into the options.</summary>
    void Read(SectionReader cluster, ClusterOptions options);

    /// <summary>Checks what was read or set in code.</summary>
    void Validate(ClusterOptions options, string path, ICollection<ConfigError> errors, ICollection<ConfigError> notices);
}
