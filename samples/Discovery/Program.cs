using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Samples.Discovery;

using var anna = new SmallServer("anna");
using var ben = new SmallServer("ben");
using var cora = new SmallServer("cora");

using var names = new SmallNameServer();
names.SetAddress("shop.example", IPAddress.Loopback);
names.SetServices("_http._tcp.shop.example", anna.Port, ben.Port);

var file = Path.GetTempFileName();
File.WriteAllLines(file, [anna.Url, ben.Url]);

var services = new ServiceCollection();
services.AddNet2Discovery<DirectoryDiscovery>("Directory");
services.AddNet2Balancing()

    // Of the addresses of a name each is a server; the port is that of the URL.
    .AddCluster("addresses", c =>
    {
        c.Discovery = new DiscoveryOptions { Servers = [names.EndPoint] };
        c.Destinations["web"] = new DestinationOptions { Address = $"http://shop.example:{anna.Port}/" };
    })

    // Of its services each is one, with a port of its own.
    .AddCluster("services", c =>
    {
        c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        c.Discovery = new DiscoveryOptions { Source = DiscoverySourceNames.DnsSrv, Servers = [names.EndPoint], MinTimeToLive = TimeSpan.FromSeconds(1) };
        c.Destinations["web"] = new DestinationOptions { Address = "http://_http._tcp.shop.example/" };
    })

    // Or code of ours says where they are.
    .AddCluster("directory", c =>
    {
        c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        c.Discovery = new DiscoveryOptions { Source = "Directory", RefreshInterval = TimeSpan.FromSeconds(1) };
        c.Metadata["servers"] = file;
        c.Destinations["web"] = new DestinationOptions { Address = "http://shop/" };
    });
foreach (var cluster in (string[])["addresses", "services", "directory"]) services.AddHttpClient(cluster).AddNet2Balancing(cluster);

await using var provider = services.BuildServiceProvider();
var clients = provider.GetRequiredService<IHttpClientFactory>();

Console.WriteLine($"addresses: {await WhoAnswersAsync("addresses")}");
Console.WriteLine($"services: {await WhoAnswersAsync("services")}");
Console.WriteLine($"directory: {await WhoAnswersAsync("directory")}");

Console.WriteLine("Another service is registered, and the file is written anew.");
names.SetServices("_http._tcp.shop.example", anna.Port, ben.Port, cora.Port);
File.WriteAllLines(file, [cora.Url]);
Console.WriteLine($"services: {await WaitForAsync("services", "anna, ben, cora")}");
Console.WriteLine($"directory: {await WaitForAsync("directory", "cora")}");

Console.WriteLine("The file is gone: what was found last stays.");
File.Delete(file);
await Task.Delay(TimeSpan.FromSeconds(1.5));
Console.WriteLine($"directory: {await WhoAnswersAsync("directory")}");

async Task<string> WhoAnswersAsync(string cluster)
{
    var client = clients.CreateClient(cluster);
    var answers = new SortedSet<string>(StringComparer.Ordinal);
    for (var i = 0; i < 6; i++) answers.Add(await client.GetStringAsync("/"));
    return string.Join(", ", answers);
}

// A change is in force within the time to live, or the interval: a second here.
async Task<string> WaitForAsync(string cluster, string expected)
{
    string answers;
    var tries = 0;
    do
    {
        await Task.Delay(TimeSpan.FromMilliseconds(100));
        answers = await WhoAnswersAsync(cluster);
    }
    while (answers != expected && ++tries < 100);
    return answers;
}
