using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Proxying.Affinity;

/// <summary>The data protection that affinity cookies are encrypted by: the application's, or else one with the platform's defaults. Made when the first cluster asks for it.</summary>
/// <remarks>Asked for in advance it would create keys on disk in every application that proxies, whether it has use for them or not.</remarks>
internal sealed class AffinityProtection(IServiceProvider services)
{
    private readonly Lazy<IDataProtector> _protector = new(() =>
        (services.GetService<IDataProtectionProvider>() ?? DataProtectionProvider.Create("Net2Proxy")).CreateProtector("Net2Secure.Routing.SessionAffinity.v1"));

    public IDataProtector Protector => _protector.Value;
}
