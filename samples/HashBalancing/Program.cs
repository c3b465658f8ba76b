using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Samples.HashBalancing;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);

builder.Services.AddNet2Proxy()
    .AddRoute("all", r => (r.ClusterId, r.Match.Path) = ("servers", "/{**rest}"))
    .AddCluster("servers", c =>
    {
        c.LoadBalancingPolicy = LoadBalancingPolicyNames.Rendezvous;
        c.Hashing = new HashingOptions
        {
            // The first that a request has: a key set by the code below, or who asks.
            Key = [new() { Source = HashKeySource.Custom }, new() { Source = HashKeySource.QueryParameter, Name = "user" }],

            // However popular one key is, its server gets no more than a quarter above its share at one time.
            MaxLoadPercent = 125,
        };
        foreach (var name in (string[])["anna", "ben", "cora"]) c.Destinations[name] = new DestinationOptions { Address = Backend.Start(name) };
    })
    .AddTransforms(context => context.AddRequestTransform(request =>
    {
        // Everything about one cart goes to one server, whoever asks for it: /carts/7, /carts/7/items, /carts/7/checkout.
        if (request.Path.Split('/') is ["", "carts", var cart, ..]) request.ProxyRequest.HashKey = cart;
        return ValueTask.CompletedTask;
    }));

await using var app = builder.Build();
app.MapNet2Proxy();
await app.StartAsync();
var url = app.Urls.First();
Console.WriteLine($"""
    Try, several times each:
      curl '{url}/?user=red'
      curl '{url}/?user=green'
      curl '{url}/carts/7/items'
      curl '{url}/carts/7/checkout?user=green'
      curl {url}/
    Ctrl+C ends it.
    """);
await app.WaitForShutdownAsync();
