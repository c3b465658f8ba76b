using System.Globalization;
using Net2Secure.Routing.Faults;

if (args is ["backend", var name, var port, var log])
{
    await BackendProcess.RunAsync(name, int.Parse(port, CultureInfo.InvariantCulture), log);
    return;
}

string? Option(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
var proxies = (Option("--proxies") ?? "net2,nginx,haproxy").Split(',');
var chosen = Option("--scenarios")?.Split(',');
var scenarios = chosen is null ? Scenario.All : [.. chosen.Select(c => Scenario.All.Single(s => s.Name == c))];
var rate = double.Parse(Option("--rate") ?? "400", CultureInfo.InvariantCulture);
var probes = Option("--probes") != "off";
var root = Directory.CreateTempSubdirectory("net2-faults-");
Report.Heading();
foreach (var scenario in scenarios)
{
    foreach (var proxy in proxies)
    {
        var directory = root.CreateSubdirectory($"{scenario.Name}-{proxy}").FullName;
        var backends = "abcd".Select(c => new Backend(c.ToString(), directory)).ToList();
        try
        {
            await Task.WhenAll(backends.Select(b => b.StartAsync()));
            await using var server = await ProxyProcess.StartAsync(proxy, backends, probes, directory, Option("--config"));
            using var load = new LoadRun(server.Port, rate, posts: 0.25);
            await Task.Delay(TimeSpan.FromSeconds(4));
            var fault = load.Now;
            var lasting = Task.Delay(scenario.Lasts);
            await scenario.Begin(backends);
            await lasting;
            var end = load.Now;
            await scenario.End(backends);
            await Task.Delay(TimeSpan.FromSeconds(5));
            Report.Row(scenario, proxy, await load.StopAsync(), backends, fault, end);
        }
        finally
        {
            foreach (var backend in backends) await backend.DisposeAsync();
        }
    }
}

Console.WriteLine($"Logs are in {root.FullName}.");
