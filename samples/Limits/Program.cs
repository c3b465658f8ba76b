using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Samples.Limits;

using var shop = new SlowServer();

var services = new ServiceCollection();
services.AddNet2Balancing().AddCluster("shop", c =>
{
    c.Limits = new LimitsOptions { MaxRequestsPerDestination = 2, MaxQueue = 3, QueueTimeout = TimeSpan.FromSeconds(10) };
    c.Destinations["only"] = new DestinationOptions { Address = shop.Url };
});
services.AddHttpClient("shop").AddNet2Balancing("shop");

await using var provider = services.BuildServiceProvider();
var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");

// Ten at once: two are sent, three wait, and five are told at once.
var requests = Enumerable.Range(1, 10).Select(AskAsync).ToList();
await shop.ArriveAsync(2);
shop.Answer();
await Task.WhenAll(requests);
Console.WriteLine($"The server had {shop.Most} at a time.");

async Task AskAsync(int number)
{
    try
    {
        Console.WriteLine($"{number}: {await client.GetStringAsync("/")}");
    }
    catch (NoDestinationException e) when (e.Reason != NoDestinationReason.NoneUsable)
    {
        Console.WriteLine($"{number}: refused, come again in {e.RetryAfter!.Value.TotalSeconds} s");
    }
}
