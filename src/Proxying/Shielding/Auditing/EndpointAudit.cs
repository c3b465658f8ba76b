using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Names the endpoints of this product that code has mapped for anybody, where other machines can reach them.</summary>
/// <remarks>
/// What code maps is known once the pipeline is built; where the server listens, as far as settings say it, before it does, and for certain afterwards. So a strict application is stopped before it listens where that
/// can be known, else right behind. Hosts that an endpoint is bound to (<c>RequireHost</c>) do not count: any client can send any.
/// </remarks>
internal sealed class EndpointAudit(IServiceProvider services, Shield shield, ListenAddresses addresses) : IStartupFilter, IHostedLifecycleService
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        if (shield.Current.Audit == ShieldingAuditMode.Strict) Refuse(Find([.. Bound(app.ServerFeatures.Get<IServerAddressesFeature>()), .. addresses.Find().Select(static a => a.Url)]));
    };

    /// <exception cref="ProxyConfigException">Something is unsafe, and that is not allowed.</exception>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var mode = shield.Current.Audit;
        if (mode == ShieldingAuditMode.Off) return Task.CompletedTask;
        var findings = Find(Bound(services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()));
        if (mode == ShieldingAuditMode.Strict) Refuse(findings);
        if (findings.Count > 0) services.GetRequiredService<ProxyStateManager>().Add(findings);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static IEnumerable<string> Bound(IServerAddressesFeature? feature) => feature?.Addresses ?? [];

    private static void Refuse(List<ConfigError> findings)
    {
        if (findings.Count > 0) throw new ProxyConfigException([.. findings.Select(static f => f with { Message = f.Message + ShieldingAudit.StrictSuffix })]);
    }

    private List<ConfigError> Find(IEnumerable<string> listening)
    {
        var findings = new List<ConfigError>();
        if (listening.FirstOrDefault(ListenAddresses.IsOpen) is not { } open || services.GetService<EndpointDataSource>() is not { } source) return findings;
        // A part of several endpoints is named once, by the path that the others are below.
        foreach (var part in source.Endpoints.OfType<RouteEndpoint>().Where(IsForAnybody).GroupBy(static e => e.Metadata.GetMetadata<AdministrativeEndpoint>()!))
        {
            var path = part.Select(static e => e.RoutePattern.RawText ?? "").MinBy(static p => p.Length)!.TrimEnd('/');
            findings.Report($"Endpoint {(path.StartsWith('/') ? path : "/" + path)}", $"opens {part.Key.Name} to anybody on {open}, which more than this machine can reach. Require authorization where it is mapped, listen on 127.0.0.1, or do not map it.");
        }

        return findings;
    }

    private static bool IsForAnybody(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<AdministrativeEndpoint>() is { IsLocalOnly: false } && endpoint.Metadata.GetMetadata<GuardedElsewhereAttribute>() is null
        && (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null || (endpoint.Metadata.GetMetadata<IAuthorizeData>() is null && endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is null));
}
