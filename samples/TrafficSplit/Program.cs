using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Samples.TrafficSplit;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);

// One user in ten goes to the canary, and stays there: a cookie keeps the side. In a file it is the section Split of the route.
builder.Services.AddNet2Proxy()
    .AddRoute("shop", r =>
    {
        r.Match.Path = "/{**rest}";
        r.Split = new SplitOptions { Clusters = [new() { ClusterId = "stable", Weight = 90 }, new() { ClusterId = "canary", Weight = 10 }] };
    })
    .AddCluster("stable", c =>
    {
        c.ReportedLoad = new();
        foreach (var name in (string[])["anna", "ben"]) c.Destinations[name] = new() { Address = Backend.Start($"stable, {name}") };
    })
    .AddCluster("canary", c => c.Destinations["cora"] = new() { Address = Backend.Start("canary, cora") });

await using var app = builder.Build();
app.MapNet2Proxy();
await app.StartAsync();
var url = app.Urls.First();
Console.WriteLine($"""
    A user who is new, one in ten at the canary, each with a cookie:
      curl -i {url}/new
    A user of the last bucket, always at the canary:
      curl -H 'Cookie: n2s-split=9999' {url}/
    A user of the first bucket, always at the stable ones:
      curl -H 'Cookie: n2s-split=0' {url}/
    Ctrl+C ends it.
    """);
await app.WaitForShutdownAsync();
