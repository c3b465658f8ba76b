using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Samples.Resilience;

using var arrived = new SemaphoreSlim(0);
using var anna = new MortalServer("anna", arrived);
using var ben = new MortalServer("ben", arrived);

// Nothing is said of retries: they are on.
var services = new ServiceCollection();
services.AddNet2Balancing().AddCluster("shop", c =>
{
    c.LoadBalancingPolicy = LoadBalancingPolicyNames.RoundRobin;
    c.Destinations["anna"] = new DestinationOptions { Address = anna.Url };
    c.Destinations["ben"] = new DestinationOptions { Address = ben.Url };
});
services.AddHttpClient("shop").AddNet2Balancing("shop");

await using var provider = services.BuildServiceProvider();
var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");

// Each server has a GET and a POST in its hands when ben dies.
var underWay = new List<Task>();
foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Get, HttpMethod.Post, HttpMethod.Post])
{
    underWay.Add(AskAsync(underWay.Count + 1, method));
    await arrived.WaitAsync();
}

ben.Die();
anna.Answer();
await Task.WhenAll(underWay);

Console.WriteLine("ben is dead, and nobody has told the client");
for (var number = 5; number <= 10; number++) await AskAsync(number, number % 2 == 0 ? HttpMethod.Post : HttpMethod.Get);

async Task AskAsync(int number, HttpMethod method)
{
    using var request = new HttpRequestMessage(method, "/") { Content = method == HttpMethod.Post ? new StringContent("an order") : null };
    try
    {
        using var response = await client.SendAsync(request);
        Console.WriteLine($"{number}: {method} answered by {await response.Content.ReadAsStringAsync()}");
    }
    catch (HttpRequestException)
    {
        Console.WriteLine($"{number}: {method} failed, since ben may have acted on it");
    }
}
