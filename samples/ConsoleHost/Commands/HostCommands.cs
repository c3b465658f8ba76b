using System.CommandLine;

namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>The command line: runs the proxy, checks a configuration, compares two, or explains where a request would go.</summary>
internal static class HostCommands
{
    public static RootCommand Create()
    {
        var config = new Option<FileInfo?>("--config") { Description = "A JSON file with a section Net2Proxy. Without it a demonstration with backends of its own runs." };
        var urls = new Option<string?>("--urls") { Description = "Where to listen, several with a semicolon between them. Default: ASPNETCORE_URLS, else http://127.0.0.1:8080" };
        var accessLog = new Option<bool>("--access-log") { Description = "Writes one line per request, where the configuration says nothing of that." };
        var metrics = new Option<string?>("--metrics") { Description = "Where to show metrics to Prometheus, on a port of its own: http://127.0.0.1:9090 shows them at /_net2/metrics there." };
        var root = new RootCommand("A reverse proxy and load balancer. Settings of ASP.NET Core (--Logging:LogLevel:Default=Debug and the like) are taken too.")
        {
            config, urls, accessLog, metrics, Check(), Explain(), Diff(),
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction((parsed, cancellation) => RunCommand.RunAsync(
            [.. parsed.UnmatchedTokens], parsed.GetValue(config), new(parsed.GetValue(urls), parsed.GetValue(accessLog), parsed.GetValue(metrics)), cancellation));
        return root;
    }

    private static Command Check()
    {
        var file = new Argument<FileInfo>("file") { Description = "The configuration." };
        var command = new Command("check", "Checks a configuration and says what it would do, or everything that is wrong with it.") { file };
        command.SetAction(parsed => CheckCommand.Run(parsed.GetRequiredValue(file), Console.Out, Console.Error));
        return command;
    }

    private static Command Explain()
    {
        var file = new Argument<FileInfo>("file") { Description = "The configuration." };
        var method = new Option<string>("--method") { Description = "The method of the request.", DefaultValueFactory = _ => "GET" };
        var url = new Option<string>("--url") { Description = "The URL of the request, absolute.", Required = true };
        var headers = new Option<string[]>("--header") { Description = "A header field, as 'Name: value'. May be repeated." };
        var command = new Command("explain", "Says which route, cluster and destinations would serve a request.") { file, method, url, headers };
        command.SetAction((parsed, cancellation) => ExplainCommand.RunAsync(
            parsed.GetRequiredValue(file), parsed.GetRequiredValue(method), parsed.GetRequiredValue(url), parsed.GetValue(headers) ?? [], Console.Out, Console.Error, cancellation));
        return command;
    }

    private static Command Diff()
    {
        var live = new Argument<FileInfo>("live") { Description = "The configuration that serves." };
        var candidate = new Argument<FileInfo>("candidate") { Description = "The one that would." };
        var requests = new Option<string[]>("--request") { Description = "A request to ask both for, beside those derived from the routes, as 'GET https://shop.example/a'. May be repeated." };
        var json = new Option<bool>("--json") { Description = "Writes the whole report as JSON, the errors included." };
        var command = new Command("diff", "Says what a candidate would change: routes, requests that move, clusters, shares of keys. Exit code 0: nothing changes; 1: there are errors; 2: something changes.")
        {
            live, candidate, requests, json,
        };
        command.SetAction((parsed, cancellation) => DiffCommand.RunAsync(
            parsed.GetRequiredValue(live), parsed.GetRequiredValue(candidate), parsed.GetValue(requests) ?? [], parsed.GetValue(json), Console.Out, Console.Error, cancellation));
        return command;
    }
}
