using System.Globalization;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>A configuration brought to life as far as it goes without listening.</summary>
internal sealed class LoadedConfiguration : IDisposable
{
    private readonly WebApplication _app;

    private LoadedConfiguration(WebApplication app) => _app = app;

    public IProxyInspector Inspector => _app.Services.GetRequiredService<IProxyInspector>();

    public IProxyDryRun DryRun => _app.Services.GetRequiredService<IProxyDryRun>();

    /// <summary>Loads a file; what is wrong goes to <paramref name="error"/>, a line each.</summary>
    public static LoadedConfiguration? TryLoad(FileInfo file, TextWriter error)
    {
        if (!file.Exists)
        {
            error.WriteLine($"There is no file '{file.FullName}'.");
            return null;
        }

        WebApplication? app = null;
        try
        {
            var builder = ProxyApplication.CreateBuilder([], null);
            builder.Logging.ClearProviders();
            AddConnectionStrings(builder.Configuration, file);
            builder.Services.AddNet2Proxy().LoadFromFile(file.FullName);
            app = builder.Build();
            app.MapNet2Proxy();
            return new LoadedConfiguration(app);
        }
        catch (ProxyConfigException e)
        {
            foreach (var wrong in e.Errors) error.WriteLine($"{wrong.Path}: {wrong.Message}");
            error.WriteLine(FormattableString.Invariant($"{file.Name} has {Counted(e.Errors.Count, "error")}."));
            ((IDisposable?)app)?.Dispose();
            return null;
        }
    }

    /// <summary>What the file says outside of the section of the proxy, which names some of it. Whether it can be read at all is told better by the proxy.</summary>
    private static void AddConnectionStrings(ConfigurationManager configuration, FileInfo file) => configuration.AddJsonFile(source =>
    {
        (source.Path, source.Optional, source.OnLoadException) = (file.FullName, true, static failed => failed.Ignore = true);
        source.ResolveFileProvider();
    });

    /// <summary>A number and what it counts: 1 route, 2 routes.</summary>
    public static string Counted(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    public void Dispose() => ((IDisposable)_app).Dispose();
}
