using System.Text.Json.Nodes;
using Net2Secure.Routing.Testing;
using static Net2Secure.Routing.ConsoleHost.Tests.ConsoleHostUnderTest;

namespace Net2Secure.Routing.ConsoleHost.Tests;

public sealed class DiffTests : IDisposable
{
    private const string Live = """
        {
          "Net2Proxy": {
            "Routes": { "shop": { "ClusterId": "shop", "Match": { "Hosts": [ "shop.example" ] } } },
            "Clusters": { "shop": { "LoadBalancingPolicy": "Maglev", "Destinations": { "a": { "Address": "http://10.0.0.1/" }, "b": { "Address": "http://10.0.0.2/" } } } }
          }
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _live;

    public DiffTests() => _live = _folder.Write("live.json", Live);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Diff_SameFile_ChangesNothingAndEndsWith0()
    {
        await using var host = Start("diff", _live, _live);
        Assert.Equal(0, await host.ExitAsync());
        Assert.Contains("live.json changes nothing.", host.Output, StringComparison.Ordinal);
        Assert.Empty(host.Errors);
    }

    [Fact]
    public async Task Diff_OtherFile_SaysWhatChangesAndEndsWith2()
    {
        var candidate = _folder.Write("next.json", Live
            .Replace("\"shop\": { \"ClusterId\"", "\"deals\": { \"ClusterId\": \"shop\", \"Match\": { \"Path\": \"/deals\" }, \"Order\": -1 }, \"shop\": { \"ClusterId\"", StringComparison.Ordinal)
            .Replace("\"b\": { \"Address\": \"http://10.0.0.2/\" }", "\"c\": { \"Address\": \"http://10.0.0.3/\", \"Weight\": 1 }", StringComparison.Ordinal));
        await using var host = Start("diff", _live, candidate, "--request", "GET http://shop.example/deals");
        Assert.Equal(2, await host.ExitAsync());
        string[] expected =
        [
            "route deals: added",
            "cluster shop: changed (Destinations:b removed, Destinations:c added)",
            "  a http://10.0.0.1/ stays, share ",
            "  b http://10.0.0.2/ removed, share ",
            " of 4096 keys move to another server",
            "moves: GET http://shop.example/deals: shop (shop) => deals (shop)",
            "next.json changes 1 route and 1 cluster; 2 of 3 requests move.",
        ];
        Assert.All(expected, line => Assert.Contains(line, host.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Diff_Json_WritesTheReport()
    {
        var candidate = _folder.Write("next.json", Live.Replace("\"b\"", "\"c\"", StringComparison.Ordinal));
        await using var host = Start("diff", _live, candidate, "--json");
        Assert.Equal(2, await host.ExitAsync());
        Assert.Equal("shop", (string?)JsonNode.Parse(host.Output)!["clusters"]![0]!["clusterId"]);
    }

    [Fact]
    public async Task Diff_WrongCandidate_ListsErrorsAndEndsWith1()
    {
        var candidate = _folder.Write("wrong.json", Live.Replace("Maglev", "Magleff", StringComparison.Ordinal));
        await using var host = Start("diff", _live, candidate);
        Assert.Equal(1, await host.ExitAsync());
        Assert.Contains("Net2Proxy:Clusters:shop:LoadBalancingPolicy: ", host.Errors, StringComparison.Ordinal);
        Assert.Contains("wrong.json has 1 error.", host.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.json", "GET http://shop.example/", "There is no file")]
    [InlineData("live.json", "shop.example", "'shop.example' is not a request")]
    public async Task Diff_WrongArguments_SaysWhatIsExpected(string candidate, string request, string expected)
    {
        await using var host = Start("diff", _live, Path.Combine(Path.GetDirectoryName(_live)!, candidate), "--request", request);
        Assert.Equal(1, await host.ExitAsync());
        Assert.Contains(expected, host.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Diff_Help_NamesTheExitCodes()
    {
        await using var host = Start("diff", "--help");
        Assert.Equal(0, await host.ExitAsync());
        Assert.Contains("0: nothing changes", string.Join(' ', host.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
