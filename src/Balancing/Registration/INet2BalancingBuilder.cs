namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What <c>AddNet2Balancing</c> returns: the place for the features of balancing to add themselves.</summary>
public interface INet2BalancingBuilder
{
    /// <summary>The services of the application.</summary>
    IServiceCollection Services { get; }
}
