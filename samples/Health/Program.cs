using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Health;
using Net2Secure.Routing.Samples.Health;

using var anna = new MoodyServer("anna");
using var ben = new MoodyServer("ben");

var services = new ServiceCollection();
services.AddNet2Balancing().AddNet2Health()

    // Each server is asked for /health, four times a second.
    .AddCluster("probed", c =>
    {
        c.HealthCheck = new HealthCheckOptions
        {
            Active = new ActiveHealthCheckOptions { Enabled = true, Path = "/health", Interval = TimeSpan.FromMilliseconds(250), Timeout = TimeSpan.FromMilliseconds(250) },
        };
        c.Destinations["anna"] = new DestinationOptions { Address = anna.Url };
        c.Destinations["ben"] = new DestinationOptions { Address = ben.Url };
    })

    // Nobody is asked; how servers answer real requests tells enough. Nothing has to be set for that.
    .AddCluster("watched", c =>
    {
        c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
        c.Destinations["anna"] = new DestinationOptions { Address = anna.Url };
        c.Destinations["ben"] = new DestinationOptions { Address = ben.Url };
    });
foreach (var cluster in (string[])["probed", "watched"]) services.AddHttpClient(cluster).AddNet2Balancing(cluster);

await using var provider = services.BuildServiceProvider();
var clients = provider.GetRequiredService<IHttpClientFactory>();
var health = provider.GetRequiredService<IHealthReader>();
using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));

await AskAsync("probed");
Console.WriteLine("The health page of anna says 500.");
anna.IsWell = false;
await TellAsync("probed", "anna", isOut: true);
await AskAsync("probed");
Console.WriteLine("The health page of anna is well again.");
anna.IsWell = true;
await TellAsync("probed", "anna", isOut: false);

Console.WriteLine("ben hangs up on whoever asks.");
ben.HangsUp = true;
await AskAsync("watched");
await TellAsync("watched", "ben", isOut: true);
Console.WriteLine("ben answers again.");
ben.HangsUp = false;
while (IsOut(health.Find("watched")!.Destinations.Single(d => d.Id == "ben").Status))
{
    // Its time is over, and one request tries it: so there have to be requests.
    await Task.Delay(TimeSpan.FromMilliseconds(100), patience.Token);
    await clients.CreateClient("watched").GetStringAsync("/", patience.Token);
}

await TellAsync("watched", "ben", isOut: false);
await AskAsync("watched");

async Task AskAsync(string cluster)
{
    var client = clients.CreateClient(cluster);
    var answers = new List<string>();
    for (var i = 0; i < 20; i++) answers.Add(await client.GetStringAsync("/", patience.Token));
    Console.WriteLine($"{cluster}: 20 requests answered, by {string.Join(" and ", answers.Distinct().Order(StringComparer.Ordinal))}");
}

async Task TellAsync(string cluster, string destination, bool isOut)
{
    HealthChange? last;
    while ((last = health.History(cluster).LastOrDefault(c => c.DestinationId == destination)) is null || IsOut(last.After) != isOut) await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
    Console.WriteLine($"{cluster}: {destination} is {(isOut ? "out" : "back")}: {last.Reason}");
}

static bool IsOut(DestinationStatus status) => status.Health == DestinationHealth.Unhealthy;
