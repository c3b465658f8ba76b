using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Samples.CustomPolicy;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);

// The two lines that matter: the policy gets a name, and a cluster asks for it by that name, here in code. In a file it is "LoadBalancingPolicy": "ByTenant".
builder.Services.AddNet2LoadBalancingPolicy<ByTenantPolicy>("ByTenant");
builder.Services.AddNet2Proxy()
    .AddRoute("all", r => (r.ClusterId, r.Match.Path) = ("servers", "/{**rest}"))
    .AddCluster("servers", c =>
    {
        c.LoadBalancingPolicy = "ByTenant";
        foreach (var name in (string[])["anna", "ben", "cora"]) c.Destinations[name] = new DestinationOptions { Address = Backend.Start(name) };
    });

await using var app = builder.Build();
app.MapNet2Proxy();
await app.StartAsync();
var url = app.Urls.First();
Console.WriteLine($"""
    Try, several times each:
      curl -H 'X-Tenant: red' {url}/
      curl -H 'X-Tenant: green' {url}/
      curl {url}/
    Ctrl+C ends it.
    """);
await app.WaitForShutdownAsync();
