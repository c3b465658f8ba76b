namespace Net2Secure.Routing.Samples.DirectForwarding;

/// <summary>A server that says what it was asked, on a port of its own.</summary>
internal static class Backend
{
    /// <summary>Starts it and returns its URL.</summary>
    public static string Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapFallback((HttpContext context) => $"the old shop got {context.Request.Method} {context.Request.Path} by {context.Request.Headers["X-Channel"]}\n");
        app.Start();
        return app.Urls.First();
    }
}
