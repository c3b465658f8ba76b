using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Proxying.ResponseCaching;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>The settings of an application that has all kinds of stores that come with the product.</summary>
internal static class ContributedStores
{
    public static IReadOnlyList<SettingInfo> KnownSettings()
    {
        using var services = new ServiceCollection().AddNet2PostgresResponseCacheKind().BuildServiceProvider();
        return ProxyConfigReader.KnownSettings(new StoreKinds(services.GetServices<IResponseCacheKind>()));
    }
}
