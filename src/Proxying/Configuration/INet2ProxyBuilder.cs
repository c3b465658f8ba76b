using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Proxying;

/// <summary>What <c>AddNet2Proxy</c> returns: the place for the features of the proxy to add themselves.</summary>
public interface INet2ProxyBuilder
{
    /// <summary>The services of the application.</summary>
    IServiceCollection Services { get; }
}
