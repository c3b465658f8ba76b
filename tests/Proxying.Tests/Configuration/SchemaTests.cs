using Microsoft.Extensions.DependencyInjection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>The JSON schema that editors complete from says what the reader reads: every setting, type, word and range, and no other.</summary>
public sealed class SchemaTests
{
    private static string Schema => File.ReadAllText(RepositoryFile.Path("src/Proxying/Configuration/net2proxy.schema.json"));

    [Fact]
    public void Schema_File_IsWhatTheReaderAndTheDocumentationSay()
    {
        var generated = SchemaGenerator.Generate();
        var path = RepositoryFile.Path("src/Proxying/Configuration/net2proxy.schema.json");
        if (File.Exists(path) && File.ReadAllText(path) == generated) return;
        var beside = Path.Combine(AppContext.BaseDirectory, "net2proxy.schema.json");
        File.WriteAllText(beside, generated);
        Assert.Fail($"The settings or their documentation have changed. If that is meant, copy {beside} to {path}.");
    }

    [Fact]
    public void Schema_Properties_AreTheSettingsOfTheReader()
    {
        // Not by way of the generator: what is in the file, and what the reader asks for.
        var schema = System.Text.Json.Nodes.JsonNode.Parse(Schema)!;
        var inSchema = new HashSet<string>(StringComparer.Ordinal);
        Collect(schema["definitions"]!["net2proxy"]!, "", inSchema);
        var known = ContributedStores.KnownSettings().Select(s => s.Path).Where(p => !p.EndsWith(":[]:*", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(known.Order(StringComparer.Ordinal), inSchema.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Schema_Transforms_AreTheKeysOfTheFactories()
    {
        var services = new ServiceCollection().AddNet2Transforms().BuildServiceProvider();
        var keys = services.GetServices<ITransformFactory>().SelectMany(f => f.Keys).ToHashSet(StringComparer.Ordinal);
        var properties = System.Text.Json.Nodes.JsonNode.Parse(Schema)!["definitions"]!["transform"]!["properties"]!.AsObject().Select(p => p.Key).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(keys.Order(), properties.Except(["Set", "Append", "When", "For", "Proto", "Host", "Prefix", "HeaderPrefix", "ForFormat", "ByFormat", "Action"]).Order());
    }

    [Fact]
    public void Schema_DurationPattern_FitsEveryRangeAndNothingThatIsRefused()
    {
        foreach (var range in ContributedStores.KnownSettings().Select(s => s.Durations).OfType<DurationRange>())
        {
            Assert.Matches(SchemaGenerator.DurationPattern, range.Min.ToString("c"));
            Assert.Matches(SchemaGenerator.DurationPattern, range.Max.ToString("c"));
        }

        foreach (var wrong in new[] { "5", "00:05", "24:00:00", "00:60:00", "-00:00:01", "5s", "" }) Assert.DoesNotMatch(SchemaGenerator.DurationPattern, wrong);
    }

    [Theory]
    [InlineData("\"Rutes\": {}", "Net2Proxy:Rutes: is unknown")]
    [InlineData("\"Routes\": { \"r\": { \"Order\": 2147483648 } }", "Net2Proxy:Routes:r:Order: at most")]
    [InlineData("\"Routes\": { \"r\": { \"Timeout\": \"5\" } }", "Net2Proxy:Routes:r:Timeout")]
    [InlineData("\"Routes\": { \"r\": { \"Match\": { \"Headers\": [ { \"Mode\": \"Exact\" } ] } } }", "Net2Proxy:Routes:r:Match:Headers[]:Mode")]
    [InlineData("\"Routes\": { \"r\": { \"Transforms\": [ { \"X-Forwarded\": \"Replace\" } ] } }", "Net2Proxy:Routes:r:Transforms[]:X-Forwarded")]
    [InlineData("\"Clusters\": { \"c\": { \"Destinations\": { \"d\": { \"Weight\": -1 } } } }", "Net2Proxy:Clusters:c:Destinations:d:Weight: at least 0")]
    [InlineData("\"Clusters\": { \"c\": { \"HttpClient\": { \"SslProtocols\": [\"Ssl3\"] } } }", "Net2Proxy:Clusters:c:HttpClient:SslProtocols")]
    public void Schema_FindsWhatTheReaderWouldRefuse(string section, string problem)
        => Assert.Contains(SchemaCheck.Check(Schema, $$"""{ "Net2Proxy": { {{section}} } }"""), p => p.StartsWith(problem, StringComparison.Ordinal));

    [Fact]
    public void Schema_TakesOtherSectionsAndItself()
        => Assert.Empty(SchemaCheck.Check(Schema, """{ "$schema": "./net2proxy.schema.json", "Kestrel": { "Limits": {} }, "Logging": {}, "Net2Proxy": {} }"""));

    private static void Collect(System.Text.Json.Nodes.JsonNode node, string path, HashSet<string> found)
    {
        if (path.Length > 0) found.Add(path);
        var prefix = path.Length == 0 ? "" : path + ":";
        if (node["properties"] is { } properties)
        {
            foreach (var (key, child) in properties.AsObject()) Collect(child!, prefix + key, found);
        }

        if (node["additionalProperties"] is System.Text.Json.Nodes.JsonObject item) Collect(item, prefix + "*", found);
        if (node["items"] is { } items) Collect(items, prefix + "[]", found);
    }
}

/// <summary>Finds files of the repository, which tests of documents and of what is packed read.</summary>
internal static class RepositoryFile
{
    public static string Path(string relative)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Net2Secure.Routing.sln"))) folder = folder.Parent;
        return System.IO.Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("The tests run outside of the repository."), relative);
    }
}
