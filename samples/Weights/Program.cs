using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Samples.Weights;

using var anna = new SmallServer("anna");
using var ben = new SmallServer("ben");
using var cora = new SmallServer("cora");

var services = new ServiceCollection();
services.AddNet2Balancing().UseLocalZone("eu-1").AddNet2Health()
    .AddCluster("weights", c =>
    {
        c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        c.Destinations["anna"] = new DestinationOptions { Address = anna.Url, Weight = 1 };
        c.Destinations["ben"] = new DestinationOptions { Address = ben.Url, Weight = 3 };
        c.Destinations["cora"] = new DestinationOptions { Address = cora.Url, Weight = 0 };
    })
    .AddCluster("tiers", c =>
    {
        c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        c.HealthCheck = new HealthCheckOptions { Passive = new PassiveHealthCheckOptions { MaxEjectedPercent = 100 } };
        c.Destinations["anna"] = new DestinationOptions { Address = anna.Url };
        c.Destinations["ben"] = new DestinationOptions { Address = ben.Url };
        c.Destinations["cora"] = new DestinationOptions { Address = cora.Url, Priority = 1 };
    })
    .AddCluster("zones", c =>
    {
        c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        c.Destinations["anna"] = new DestinationOptions { Address = anna.Url, Zone = "eu-1" };
        c.Destinations["ben"] = new DestinationOptions { Address = ben.Url, Zone = "eu-1" };
        c.Destinations["cora"] = new DestinationOptions { Address = cora.Url, Zone = "eu-2" };
    })
    .AddCluster("slow start", c =>
    {
        c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        c.SlowStart = new SlowStartOptions { Window = TimeSpan.FromSeconds(1) };
        c.Destinations["anna"] = new DestinationOptions { Address = anna.Url };
        c.Destinations["ben"] = new DestinationOptions { Address = ben.Url };
    });
foreach (var cluster in (string[])["weights", "tiers", "zones", "slow start"]) services.AddHttpClient(cluster).AddNet2Balancing(cluster);

await using var provider = services.BuildServiceProvider();
var clients = provider.GetRequiredService<IHttpClientFactory>();
var health = provider.GetRequiredService<IHealthReader>();
var control = provider.GetRequiredService<IDestinationControl>();

Console.WriteLine($"weights 1, 3 and 0: {await AskAsync("weights")}");

Console.WriteLine($"zones, all well: {await AskAsync("zones")}");
control.Force("zones", "anna", DestinationOverride.Draining, "to see what happens");
Console.WriteLine($"zones, one left in ours: {await AskAsync("zones")}");

control.Force("slow start", "ben", DestinationOverride.Unhealthy, "to see what happens");
Console.WriteLine($"slow start, ben is out: {PercentOf("slow start", "ben")} %");
control.Force("slow start", "ben", DestinationOverride.None, "back again");
Console.WriteLine($"slow start, ben is back: {PercentOf("slow start", "ben")} %");
for (var tries = 0; PercentOf("slow start", "ben") < 50 && tries < 100; tries++) await Task.Delay(TimeSpan.FromMilliseconds(50));
Console.WriteLine($"slow start, a second later: {PercentOf("slow start", "ben")} %");

Console.WriteLine($"tiers, all well: {await AskAsync("tiers")}");
ben.Dispose();
await OutAsync("tiers", "ben");
Console.WriteLine($"tiers, ben is dead: {Shares("tiers")} %");
anna.Dispose();
await OutAsync("tiers", "anna");
Console.WriteLine($"tiers, anna too: {Shares("tiers")} %");

async Task<string> AskAsync(string cluster)
{
    var client = clients.CreateClient(cluster);
    var answers = new List<string>();
    for (var i = 0; i < 100; i++) answers.Add(await client.GetStringAsync("/"));
    return string.Join(", ", answers.CountBy(a => a).OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key} {a.Value}"));
}

// What real requests tell is enough to notice; none of them fails, since they are made again elsewhere.
async Task OutAsync(string cluster, string destination)
{
    var client = clients.CreateClient(cluster);
    for (var tries = 0; PercentOf(cluster, destination) > 0 && tries < 1000; tries++) await client.GetStringAsync("/");
}

string Shares(string cluster) => string.Join(", ", health.Find(cluster)!.Destinations.Select(d => $"{d.Id} {PercentOf(cluster, d.Id)}"));

int PercentOf(string cluster, string destination) => (int)Math.Round(100 * health.Find(cluster)!.Destinations.Single(d => d.Id == destination).Share);
