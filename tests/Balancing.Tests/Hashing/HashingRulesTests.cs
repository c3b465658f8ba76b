using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Net2Secure.Routing.Balancing.Tests.Hashing;

public sealed class HashingRulesTests
{
    private const string Path = "{ \"Source\": \"Path\" },";

    [Fact]
    public void Read_EverySetting_FillsTheOptions()
    {
        var (cluster, errors, notices) = Read("""
            "LoadBalancingPolicy": "maglev", "Hashing": { "Key": [ { "Source": "header", "Name": "X-Tenant" }, { "Source": "ClientAddress" } ], "MaxLoadPercent": 125, "PointsPerWeight": 200, "TableSize": 1009 }
            """);
        Assert.Empty(errors);
        Assert.Empty(notices);
        Assert.Equal([(HashKeySource.Header, "X-Tenant"), (HashKeySource.ClientAddress, null)], cluster.Hashing!.Key.Select(k => (k.Source!.Value, k.Name)));
        Assert.Equal((125, 200, 1009), (cluster.Hashing.MaxLoadPercent, cluster.Hashing.PointsPerWeight, cluster.Hashing.TableSize));
    }

    [Theory]
    [InlineData("\"MaxLoadPercent\": 100", "Hashing:MaxLoadPercent", "105 to 10000")]
    [InlineData("\"MaxLoadPercent\": 1.25", "Hashing:MaxLoadPercent", "105 to 10000")]
    [InlineData("\"PointsPerWeight\": 0", "Hashing:PointsPerWeight", "10 to 10000")]
    [InlineData("\"TableSize\": 65536", "Hashing:TableSize", "such as 65537")]
    [InlineData("\"TableSize\": 1048572", "Hashing:TableSize", "such as 1048573")]
    [InlineData("\"TableSize\": 97", "Hashing:TableSize", "101 to 1048573")]
    [InlineData("\"Key\": [ { \"Source\": \"Body\" } ]", "Hashing:Key:0:Source", "ClientAddress, Header, Cookie, QueryParameter, Path, Custom")]
    [InlineData("\"Key\": [ { \"Name\": \"x\" } ]", "Hashing:Key:0:Source", "is required")]
    [InlineData("\"Key\": [ { \"Source\": \"Path\" }, { \"Source\": \"Cookie\" } ]", "Hashing:Key:1:Name", "is required")]
    [InlineData("\"Key\": [ { \"Source\": \"Header\", \"Name\": \"a b\" } ]", "Hashing:Key:0:Name", "'a b' is not allowed")]
    [InlineData("\"Key\": [ { \"Source\": \"Path\", \"Name\": \"x\" } ]", "Hashing:Key:0:Name", "Path has no name")]
    [InlineData("\"Key\": [ " + Path + Path + Path + Path + Path + Path + Path + Path + Path + "]", "Hashing:Key", "up to 8")]
    [InlineData("\"Keys\": [ \"Path\" ]", "Hashing:Keys", "Did you mean 'Key'")]
    public void Validate_WrongSetting_SaysWhereAndWhatIsAllowed(string setting, string path, string message)
    {
        var (_, errors, _) = Read($"\"LoadBalancingPolicy\": \"RingHash\", \"Hashing\": {{ {setting} }}");
        Assert.Contains(errors, e => e.Path == path && e.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_MoreDestinationsThanPlaces_IsRefused()
    {
        var cluster = new ClusterOptions { LoadBalancingPolicy = "Maglev", Hashing = new() { TableSize = 101 } };
        for (var i = 0; i < 102; i++) cluster.Destinations[$"d{i}"] = new() { Address = "http://a/" };
        var (errors, _) = Validate(cluster);
        Assert.Equal("Hashing:TableSize", Assert.Single(errors).Path);
    }

    [Fact]
    public void Validate_NullsFromCode_AreRefused()
    {
        var (errors, _) = Validate(new() { LoadBalancingPolicy = "Maglev", Hashing = new() { Key = null! } });
        Assert.Equal("Hashing:Key", Assert.Single(errors).Path);
        (errors, _) = Validate(new() { LoadBalancingPolicy = "Maglev", Hashing = new() { Key = [null!, new() { Source = (HashKeySource)77 }] } });
        Assert.Equal(["Hashing:Key:0", "Hashing:Key:1:Source"], errors.Select(e => e.Path));
    }

    [Theory]
    [InlineData("Maglev", 0)]
    [InlineData("ringhash", 0)]
    [InlineData("Rendezvous", 0)]
    [InlineData("RoundRobin", 1)]
    [InlineData(null, 1)]
    public void Validate_PolicyThatDoesNotHash_IsSaidSo(string? policy, int notices) => Assert.Equal(notices, Validate(new() { LoadBalancingPolicy = policy, Hashing = new() }).Notices.Count);

    private static (ClusterOptions Cluster, List<ConfigError> Errors, List<ConfigError> Notices) Read(string json)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Flat(JsonDocument.Parse($"{{ {json} }}", new JsonDocumentOptions { AllowTrailingCommas = true }).RootElement, "")).Build();
        var (errors, notices) = (new List<ConfigError>(), new List<ConfigError>());
        var cluster = SectionReader.Read(SettingsNode.From(configuration), "", errors, reader => ClusterOptionsReader.Read(reader, "c", [], []));
        ClusterOptionsValidator.Validate(cluster, "", ClusterPolicyNames.BuiltIn, errors, notices);
        return (cluster, errors, notices);
    }

    private static IEnumerable<KeyValuePair<string, string?>> Flat(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Flat(p.Value, path.Below(p.Name))),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((item, i) => Flat(item, path.Below($"{i}"))),
        _ => [new(path, element.ToString())],
    };

    private static (List<ConfigError> Errors, List<ConfigError> Notices) Validate(ClusterOptions cluster)
    {
        var (errors, notices) = (new List<ConfigError>(), new List<ConfigError>());
        ClusterOptionsValidator.Validate(cluster, "", ClusterPolicyNames.BuiltIn, errors, notices);
        return (errors, notices);
    }
}
