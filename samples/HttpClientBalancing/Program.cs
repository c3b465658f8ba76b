using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Samples.HttpClientBalancing;

using var anna = new SmallServer("anna");
using var ben = new SmallServer("ben");

var services = new ServiceCollection();
services.AddNet2Balancing().AddCluster("shop", c =>
{
    c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
    c.Destinations["anna"] = new DestinationOptions { Address = anna.Url };
    c.Destinations["ben"] = new DestinationOptions { Address = ben.Url, Weight = 2 };
});
services.AddHttpClient("shop").AddNet2Balancing("shop");

await using var provider = services.BuildServiceProvider();
var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
for (var i = 0; i < 6; i++) Console.WriteLine(await client.GetStringAsync("/cart"));
