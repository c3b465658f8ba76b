using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Net2Secure.Routing.Integration.Acme;

/// <summary>Tells where a server listens before the application is said to have started.</summary>
internal static class ListeningAddress
{
    public static ServiceDescriptor For(Action<Uri, Uri> tell) => ServiceDescriptor.Singleton<IHostedService>(services => new Teller(services.GetRequiredService<IServer>(), tell));

    private sealed class Teller(IServer server, Action<Uri, Uri> tell) : IHostedLifecycleService
    {
        public Task StartedAsync(CancellationToken cancellationToken)
        {
            var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)).OrderBy(a => a.Scheme, StringComparer.Ordinal).ToList();
            tell(addresses[0], addresses[1]);
            return Task.CompletedTask;
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
