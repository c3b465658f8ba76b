namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>Puts the application together, the same for running, checking and explaining.</summary>
internal static class ProxyApplication
{
    /// <summary>A proxy that takes its configuration from a file.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args, FileInfo? config)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        // What --config names counts for everything an ASP.NET Core application reads, its Kestrel and Logging sections included.
        if (config is not null) builder.Configuration.AddJsonFile(config.FullName, optional: false, reloadOnChange: false);
        builder.Configuration.AddEnvironmentVariables();
        builder.Configuration.AddCommandLine(args);
        builder.WebHost.UseKestrelHttpsConfiguration();
        // Nothing on a request's way blocks in this host.
        builder.WebHost.UseNet2Sockets();
        // The server's own line per request, and the activity it starts for whoever may read it, cost more than routing does.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // Nothing comes of it unless the configuration has Cache:Postgres.
        builder.Services.AddNet2PostgresResponseCacheKind();
        // That it failed to start, and why, is what RunCommand says, in one line instead of a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        return builder;
    }
}
