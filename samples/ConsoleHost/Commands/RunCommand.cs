using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Net2Secure.Routing.ConsoleHost.AccessLog;
using Net2Secure.Routing.ConsoleHost.Demo;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>Runs the proxy until it is told to stop; what is in flight then may finish, within the host's shutdown timeout.</summary>
internal static class RunCommand
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    public static async Task<int> RunAsync(string[] args, FileInfo? config, string? urls, bool accessLog, CancellationToken cancellationToken)
    {
        if (config is { Exists: false })
        {
            await Console.Error.WriteLineAsync($"There is no file '{config.FullName}'. Give --config the path of a JSON file with a section Net2Proxy.");
            return 1;
        }

        var builder = ProxyApplication.CreateBuilder(args, config);
        await using var demo = config is null ? await DemoBackends.StartAsync(cancellationToken) : null;
        var proxy = builder.Services.AddNet2Proxy();
        if (demo is not null) demo.Describe(proxy);
        else proxy.LoadFromFile(config!.FullName);

        var asked = urls ?? builder.Configuration[WebHostDefaults.ServerUrlsKey];
        builder.WebHost.UseUrls(asked ?? (demo is null ? DefaultUrl : FreePort.From(DefaultUrl)));
        await using var app = builder.Build();
        try
        {
            if (accessLog) app.UseAccessLog();
            app.MapNet2Proxy();
            app.MapNet2NotFound();
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is ProxyConfigException or IOException or Microsoft.Extensions.Options.OptionsValidationException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        if (demo is not null) DemoBackends.PrintWelcome(Console.Out, addresses.First());
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }
}
