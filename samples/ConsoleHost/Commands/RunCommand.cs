using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Net2Secure.Routing.ConsoleHost.Demo;
using Net2Secure.Routing.ConsoleHost.Telemetry;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>Runs the proxy until it is told to stop; what is in flight then may finish, within the host's shutdown timeout.</summary>
internal static class RunCommand
{
    private const string DefaultUrl = "http://127.0.0.1:8080";
    private const string DemoTcpPort = "Demo:TcpPort";

    public static async Task<int> RunAsync(string[] settings, FileInfo? config, RunOptions options, CancellationToken cancellationToken)
    {
        if (HostSettings.FindMistake(settings) is { } mistake)
            return await RefuseAsync($"'{mistake}' is neither an option nor a setting. Options are --config, --urls, --access-log and --metrics; settings look like --Logging:LogLevel:Default=Debug.");
        if (config is { Exists: false }) return await RefuseAsync($"There is no file '{config.FullName}'. Give --config the path of a JSON file with a section Net2Proxy.");

        // Read first what the proxy reads, and strictly: its messages are better than those of a general reader of JSON.
        if (config is not null)
        {
            using var loaded = LoadedConfiguration.TryLoad(config, Console.Error);
            if (loaded is null) return 1;
        }

        try
        {
            return await ServeAsync(settings, config, options, cancellationToken);
        }
        catch (Exception e) when (e is ProxyConfigException or IOException or InvalidDataException or Microsoft.Extensions.Options.OptionsValidationException)
        {
            return await RefuseAsync(e.InnerException is { } inner && e is InvalidDataException ? $"{e.Message} {inner.Message}" : e.Message);
        }
    }

    private static async Task<int> ServeAsync(string[] settings, FileInfo? config, RunOptions options, CancellationToken cancellationToken)
    {
        // First, because it says how sockets work in this process.
        var builder = ProxyApplication.CreateBuilder(settings, config);
        var demoPort = builder.Configuration[DemoTcpPort] ?? "0";
        if (!ushort.TryParse(demoPort, NumberStyles.None, CultureInfo.InvariantCulture, out var tcpPort))
            return await RefuseAsync($"{DemoTcpPort}: '{demoPort}' is no port: a number up to 65535 is expected; 0 for any that is free.");
        await using var demo = config is null ? await DemoBackends.StartAsync(cancellationToken) : null;
        var proxy = builder.Services.AddNet2Proxy();
        // For this machine only, unless the configuration names a policy; it can also switch it off.
        builder.Services.Configure<DashboardOptions>(static o => o.Enabled = true);
        if (demo is not null) DescribeDemo(demo, proxy, tcpPort);
        else proxy.LoadFromFile(config!.FullName);

        if (options.AccessLog) builder.Services.Configure<AccessLogOptions>(static log => (log.Enabled, log.Format) = (true, AccessLogFormat.Combined));

        var asked = options.Urls ?? builder.Configuration[WebHostDefaults.ServerUrlsKey] ?? (demo is null ? DefaultUrl : FreePort.From(DefaultUrl));
        if (ListenUrls.FindMistake(asked) is { } mistake) return await RefuseAsync(mistake);
        if (OtlpSettings.FindMistake(builder.Configuration) is { } variable) return await RefuseAsync(variable);
        if (options.Metrics is { } metrics && MetricsListener.FindMistake(metrics, asked) is { } port) return await RefuseAsync(port);
        builder.WebHost.UseUrls(options.Metrics is null ? asked : $"{asked};{options.Metrics}");
        await using var app = builder.Build();
        using var export = OtlpExport.Start(app.Configuration);
        if (options.Metrics is not null) MetricsListener.Map(app, options.Metrics);
        app.MapNet2Proxy();
        app.MapNet2NotFound();
        using var signals = new SecondSignal();
        if (await StartAsync(app, asked, cancellationToken) is { } problem) return await RefuseAsync(problem);

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        if (demo is not null) DemoBackends.PrintWelcome(Console.Out, addresses.First(), app.Services.GetRequiredService<IProxyInspector>().TcpEndPoints[DemoBackends.TcpPort]);
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static void DescribeDemo(DemoBackends demo, INet2ProxyBuilder proxy, int tcpPort)
    {
        demo.Describe(proxy, tcpPort);
        proxy.Services.Configure<ExplainOptions>(static o => o.Enabled = true);
    }

    private static async Task<string?> StartAsync(WebApplication app, string urls, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
            return null;
        }
        catch (SocketException e) // which names no address
        {
            return $"Cannot listen on {urls}: {e.Message}.";
        }
        catch (InvalidOperationException e) when (urls.Contains("https://", StringComparison.OrdinalIgnoreCase))
        {
            return $"Cannot listen on {urls}: an https URL needs a certificate in Net2Proxy:Tls:Certificates. {e.Message.Split('\n')[0].Trim()}";
        }
    }

    private static async Task<int> RefuseAsync(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return 1;
    }
}
