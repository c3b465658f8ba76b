namespace Net2Secure.Routing.Balancing;

/// <summary>Describes clusters of an application from the moment that its registry is first asked for.</summary>
internal interface IClusterSource
{
    /// <summary>Applies what is described now and, if it can change, what it changes to.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">What is described now is not valid.</exception>
    void Attach(ClusterRegistry registry);
}
