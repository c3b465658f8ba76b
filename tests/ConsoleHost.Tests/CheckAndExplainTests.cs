using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.ConsoleHost.Tests.ConsoleHostUnderTest;

namespace Net2Secure.Routing.ConsoleHost.Tests;

public sealed class CheckAndExplainTests : IDisposable
{
    private const string Shop = """
        {
          "Net2Proxy": {
            "Routes": {
              "cart": { "ClusterId": "shop", "Match": { "Hosts": [ "shop.example" ], "Path": "/cart/{**rest}", "Methods": [ "GET", "POST" ] } },
              "beta": { "ClusterId": "beta", "Order": -1, "Match": { "Path": "/cart/{**rest}", "Headers": [ { "Name": "X-Beta", "Values": [ "1" ] } ] } },
              "next": { "ClusterId": "versions", "Match": { "Path": "/next" }, "Subset": { "version": "v2" } },
              "version": { "ClusterId": "versions", "Match": { "Path": "/version" } },
              "empty": { "ClusterId": "empty", "Match": { "Path": "/empty" } }
            },
            "Clusters": {
              "shop": {
                "LoadBalancingPolicy": "RoundRobin",
                "Limits": { "MaxQueue": 10 },
                "Destinations": { "a": { "Address": "http://10.0.0.1/" }, "b": { "Address": "http://10.0.0.2/", "Weight": 3 }, "c": { "Address": "http://10.0.0.3/", "Weight": 0 } }
              },
              "beta": { "Destinations": { "b1": { "Address": "http://10.0.0.9/" } } },
              "versions": {
                "Subsets": { "FromHeaders": { "version": "X-Version" }, "Default": { "version": "v1" }, "Fallback": "Any" },
                "Destinations": {
                  "v1": { "Address": "http://10.0.1.1/", "Metadata": { "version": "v1" } },
                  "v2": { "Address": "http://10.0.1.2/", "Metadata": { "version": "v2" } } }
              },
              "empty": { }
            }
          }
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _file;

    public CheckAndExplainTests() => _file = _folder.Write("shop.json", Shop);

    /// <summary>As the documentation writes commands.</summary>
    [Fact]
    public async Task DotnetRun_FileOfWhereTheUserStands_IsFound()
    {
        await using var run = RunningProgram.Start(
            "dotnet", ["run", "--no-build", "-c", Repository.Configuration, "--project", Path.Combine(Repository.Root, "samples", "ConsoleHost"), "--", "check", "shop.json"], _folder.Path);
        Assert.True(await run.ExitAsync() == 0, run.Output + run.Errors);
        Assert.Contains("shop.json is valid", run.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_ValidFile_SaysWhatItWouldDo()
    {
        await using var host = Start("check", _file);
        Assert.Equal(0, await host.ExitAsync());
        string[] expected =
        [
            "route cart: GET,POST, shop.example, /cart/{**rest} -> shop",
            "route beta: any method, any host, /cart/{**rest}, 1 further condition -> beta",
            "cluster shop: RoundRobin, 3 destinations",
            "  a http://10.0.0.1/ 25.0 %",
            "  b http://10.0.0.2/ 75.0 %",
            "  c http://10.0.0.3/ 0.0 %",
            "cluster beta: PowerOfTwoChoices, 1 destination",
            "note: Net2Proxy:Clusters:shop:Limits:MaxQueue has no effect",
            "shop.json is valid: 5 routes, 4 clusters.",
        ];
        Assert.All(expected, line => Assert.Contains(line, host.Output, StringComparison.Ordinal));
        Assert.Empty(host.Errors);
    }

    [Fact]
    public async Task Check_InvalidFile_ListsEveryErrorWithPathAndRemedy()
    {
        var file = _folder.Write("wrong.json", Shop
            .Replace("RoundRobin", "RoundRobbin", StringComparison.Ordinal)
            .Replace("\"Weight\": 3", "\"Wieght\": 3", StringComparison.Ordinal)
            .Replace("http://10.0.0.9/", "10.0.0.9", StringComparison.Ordinal)
            .Replace("\"ClusterId\": \"shop\"", "\"ClusterId\": \"shopp\"", StringComparison.Ordinal));
        await using var host = Start("check", file);
        Assert.Equal(1, await host.ExitAsync());
        string[] paths =
        [
            "Net2Proxy:Clusters:shop:LoadBalancingPolicy: ", "Net2Proxy:Clusters:shop:Destinations:b:Wieght: ", "Net2Proxy:Clusters:beta:Destinations:b1:Address: ",
        ];
        Assert.All(paths, path => Assert.Contains(host.Errors.Split('\n'), line => line.StartsWith(path, StringComparison.Ordinal)));
        Assert.Contains("'RoundRobin'", host.Errors, StringComparison.Ordinal);
        Assert.Contains("'Weight'", host.Errors, StringComparison.Ordinal);
        Assert.Empty(host.Output);
    }

    [Theory]
    [InlineData("--url https://shop.example/cart/1", "route        cart", "cluster      shop", "policy       RoundRobin", "destination  a http://10.0.0.1/ 25.0 %", "destination  c http://10.0.0.3/ takes no traffic")]
    [InlineData("--method POST --url https://SHOP.example/cart/", "route        cart")]
    [InlineData("--method DELETE --url https://shop.example/cart/1", "no route matches: 404")]
    [InlineData("--url https://other.example/cart/1", "no route matches: 404")]
    [InlineData("--url https://other.example/cart/1 --header X-Beta:1", "route        beta", "destination  b1 http://10.0.0.9/ 100.0 %")]
    [InlineData("--url https://shop.example/cart/1 --header X-Beta:2", "route        cart")]
    [InlineData("--url http://any/next", "subset       version=v2", "destination  v1 http://10.0.1.1/ takes no traffic", "destination  v2 http://10.0.1.2/ 100.0 %")]
    [InlineData("--url http://any/next --header X-Version:v1", "subset       version=v2", "destination  v2 http://10.0.1.2/ 100.0 %")]
    [InlineData("--url http://any/version", "subset       version=v1", "destination  v1 http://10.0.1.1/ 100.0 %")]
    [InlineData("--url http://any/version --header X-Version:v2", "subset       version=v2", "destination  v2 http://10.0.1.2/ 100.0 %")]
    [InlineData("--url http://any/version --header X-Version:v3", "subset       version=v3: nobody, so any destination", "destination  v2 http://10.0.1.2/ 50.0 %")]
    [InlineData("--url http://any/empty", "route        empty", "cluster      empty")]
    public async Task Explain_Request_SaysWhereItWouldGo(string request, params string[] lines)
    {
        await using var host = Start(["explain", _file, .. request.Split(' ')]);
        Assert.Equal(0, await host.ExitAsync());
        Assert.All(lines, line => Assert.Contains("  " + line, host.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("check nowhere.json", "There is no file")]
    [InlineData("check", "Required argument 'file' missing")]
    [InlineData("explain FILE --url nowhere", "'nowhere' is not an absolute http or https URL")]
    [InlineData("explain FILE --url http://a/ --header nonsense", "'nonsense' is not a header field")]
    [InlineData("explain FILE --url http://a/ --method GE:T", "'GE:T' is not a method")]
    [InlineData("explain FILE", "--url")]
    public async Task Mistake_IsSaidAndExits1(string args, string message)
    {
        await using var host = Start(args.Replace("FILE", _file, StringComparison.Ordinal).Split(' '));
        Assert.Equal(1, await host.ExitAsync());
        Assert.Contains(message, host.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output + host.Errors, StringComparison.Ordinal);
    }
}
