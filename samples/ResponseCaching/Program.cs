using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;
using Net2Secure.Routing.Samples.ResponseCaching;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);

// The line that matters: in a file it is "ResponseCache": { "Enabled": true }. CacheStatus says in each answer where it came from.
builder.Services.AddNet2Proxy()
    .AddRoute("all", r =>
    {
        (r.ClusterId, r.Match.Path, r.MaxRequestBodySize) = ("origin", "/{**rest}", 64 * 1024);
        r.ResponseCache = new ResponseCacheOptions { Enabled = true, CacheStatus = true };
    })
    .AddCluster("origin", c => c.Destinations["only"] = new DestinationOptions { Address = Origin.Start() });

await using var app = builder.Build();
app.MapNet2Proxy();
await app.StartAsync();
var proxy = app.Urls.First();
Console.WriteLine($"""
    What the origin gets is printed here; what is answered from the cache is not. Try each twice:
      curl -i {proxy}/clock
      curl -i {proxy}/page
      curl -i -H 'Accept-Language: de' {proxy}/hello
      curl -i {proxy}/account
      curl -i -r 2-4 {proxy}/digits
      curl -i {proxy}/item
      curl -i -X PUT -d new {proxy}/item
      curl -i {proxy}/slow
    Ctrl+C ends it.
    """);
await app.WaitForShutdownAsync();
