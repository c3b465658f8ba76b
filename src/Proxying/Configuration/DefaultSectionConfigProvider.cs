using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Net2Secure.Routing.Proxying;

/// <summary>Takes the section <c>Net2Proxy</c> of the application's configuration, unless the application named a section or file itself.</summary>
internal sealed class DefaultSectionConfigProvider : IProxyConfigProvider, IDisposable
{
    private readonly ConfigurationConfigProvider? _section;
    private readonly LoadedProxyConfig _empty = new([], [], ProxyConfigReader.SectionName);

    public DefaultSectionConfigProvider(IServiceProvider services)
    {
        if (services.GetService<NamedSource>() is null && services.GetService<IConfiguration>() is { } configuration)
        {
            _section = new ConfigurationConfigProvider(
                configuration.GetSection(ProxyConfigReader.SectionName),
                ProxyConfigReader.SectionName,
                services.GetService<ProxyConfigNames>() ?? ProxyConfigNames.BuiltIn,
                services.GetRequiredService<ILogger<ConfigurationConfigProvider>>());
        }
    }

    public IProxyConfig GetConfig() => _section?.GetConfig() ?? _empty;

    public void Dispose() => _section?.Dispose();

    /// <summary>Registered when the application names its source.</summary>
    public sealed class NamedSource;
}
