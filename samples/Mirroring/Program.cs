using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Samples.Mirroring;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);

// The line that matters: requests of one cluster are copied to another. In a file it is "Mirror": { "ClusterId": "new" }.
builder.Services.AddNet2Proxy()
    .AddRoute("all", r => (r.ClusterId, r.Match.Path) = ("old", "/{**rest}"))
    .AddCluster("old", c =>
    {
        c.Mirror = new MirrorOptions { ClusterId = "new" };
        c.Destinations["only"] = new DestinationOptions { Address = Backend.Start("old") };
    })
    .AddCluster("new", c => c.Destinations["only"] = new DestinationOptions { Address = Backend.Start("new") });

await using var app = builder.Build();
app.MapNet2Proxy();
await app.StartAsync();
Console.WriteLine($"""
    The old server answers, and the new one sees the same requests. Try:
      curl {app.Urls.First()}/cart
    Ctrl+C ends it.
    """);
await app.WaitForShutdownAsync();
