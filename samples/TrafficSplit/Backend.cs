namespace Net2Secure.Routing.Samples.TrafficSplit;

/// <summary>A server that says its name, on a port of its own.</summary>
internal static class Backend
{
    /// <summary>Starts it and returns its URL.</summary>
    public static string Start(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseNet2LoadReports(); // says how busy it is, to whoever balances over it
        app.MapFallback(() => $"{name}\n");
        app.Start();
        return app.Urls.First();
    }
}
