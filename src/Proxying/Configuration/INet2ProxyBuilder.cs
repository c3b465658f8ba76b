using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Proxying;

/// <summary>What <c>AddNet2Proxy</c> returns: each feature adds its extension methods to it.</summary>
public interface INet2ProxyBuilder
{
    /// <summary>The services of the application.</summary>
    IServiceCollection Services { get; }
}
