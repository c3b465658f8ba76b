using Net2Secure.Routing.Proxying;
using Net2Secure.Routing.Samples.DirectForwarding;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddNet2Proxy();

await using var app = builder.Build();

// What the new application answers itself …
app.MapGet("/", () => "the new shop\n");

// … and what it still leaves to the old one: no configuration, one address.
app.MapNet2Forwarder("/shop/{**rest}", Backend.Start(), o =>
{
    o.Timeout = TimeSpan.FromSeconds(30);
    o.WithTransforms(r => r.WithTransformPathRemovePrefix("/shop").WithTransformRequestHeader("X-Channel", "web"));
});

await app.StartAsync();
var url = app.Urls.First();
Console.WriteLine($"""
    Try:
      curl {url}/
      curl {url}/shop/cart
    Ctrl+C ends it.
    """);
await app.WaitForShutdownAsync();
