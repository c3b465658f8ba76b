namespace Net2Secure.Routing.Samples.Mirroring;

/// <summary>A server that says what it gets, on a port of its own.</summary>
internal static class Backend
{
    /// <summary>Starts it and returns its URL.</summary>
    public static string Start(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapFallback((HttpRequest request) =>
        {
            var kind = request.Headers.ContainsKey("X-Net2-Mirror") ? "a copy of" : "";
            Console.WriteLine($"  the {name} server got {kind} {request.Method} {request.Path}".Replace("  ", " ", StringComparison.Ordinal).Trim());
            return $"the {name} server answers\n";
        });
        app.Start();
        return app.Urls.First();
    }
}
