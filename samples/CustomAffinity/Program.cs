using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Samples.CustomAffinity;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);

// A way to keep clients gets a name, and a cluster asks for it by that name. In a file it is "SessionAffinity": { "Enabled": true, "Policy": "ByAccount" }.
builder.Services.AddNet2SessionAffinity<ByAccountAffinity>("ByAccount");
builder.Services.AddNet2Proxy()
    .AddRoute("all", r => (r.ClusterId, r.Match.Path) = ("servers", "/{**rest}"))
    .AddCluster("servers", c =>
    {
        c.SessionAffinity = new() { Enabled = true, Policy = "ByAccount", FailurePolicy = SessionAffinityNames.Return503Error };
        var shard = 0;
        foreach (var name in (string[])["anna", "ben", "cora"])
        {
            c.Destinations[name] = new DestinationOptions { Address = Backend.Start(name) };
            c.Destinations[name].Metadata["shard"] = $"{shard++}";
        }
    });

await using var app = builder.Build();
app.MapNet2Proxy();
await app.StartAsync();
var url = app.Urls.First();
Console.WriteLine($"""
    Try, several times each:
      curl -H 'X-Account: 30' {url}/
      curl -H 'X-Account: 31' {url}/
      curl {url}/
    Ctrl+C ends it.
    """);
await app.WaitForShutdownAsync();
