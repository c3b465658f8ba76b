using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>What a configuration file may look like, and what is said of one that cannot be read.</summary>
public sealed class JsonFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_WithCommentsTrailingCommasBomAndOtherSections_IsRead()
    {
        var path = _folder[$"proxy.json"];
        await File.WriteAllTextAsync(path, """
            // A comment before everything.
            {
              "$schema": "./net2proxy.schema.json",
              "Logging": { "LogLevel": { "Default": "Warning" } },
              "Kestrel": { "Limits": { "MaxConcurrentConnections": 100 } }, /* and one in between */
              "Net2Proxy": {
                "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/{**rest}", }, }, },
                "Clusters": { "c": { "Destinations": { "d": { "Address": "http://10.0.0.1/" }, } } },
              },
            }
            """, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await using var proxy = ConfiguredProxy.Create(p => p.LoadFromFile(path));
        Assert.Equal("r", await proxy.RouteOfAsync("http://x/a"));
    }

    [Fact]
    public async Task File_DestinationsInAnyOrder_KeepTheOrderOfTheFile()
    {
        var path = _folder.Write("proxy.json", """
            { "Net2Proxy": { "Clusters": { "c": { "LoadBalancingPolicy": "First", "Destinations": {
                "main": { "Address": "http://10.0.0.1/" }, "a": { "Address": "http://10.0.0.2/" }, "10": { "Address": "http://10.0.0.3/" } } } } } }
            """);
        await using var proxy = ConfiguredProxy.Create(p => p.LoadFromFile(path));
        Assert.True(proxy.App.Services.GetRequiredService<Balancing.IClusterRegistry>().TryGet("c", out var cluster));
        using var request = new HttpRequestMessage();
        Assert.Equal("main", cluster.Snapshot.Pick(request)!.Id);
    }

    [Theory]
    [InlineData("{ \"Net2Proxy\": { \"Routes\": { \"r\": {}, \"R\": {} } } }", "Net2Proxy:Routes:R", "is there twice")]
    [InlineData("{ \"Net2Proxy\": {}, \"net2proxy\": {} }", "Net2Proxy", "twice in the file")]
    [InlineData("{ \"Net2Proxy\": { \"Routes\": { \"a:b\": {} } } }", "Net2Proxy:Routes:a:b", "cannot hold a colon")]
    public void File_WithAKeyThatCannotBe_IsRefusedWithItsPath(string content, string path, string part)
    {
        var error = Assert.Single(ErrorsOf(content), e => e.Path == path);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData(" \r\n\t ", "the file is empty")]
    [InlineData("\0\0\0\0", "the file is empty")]
    [InlineData("Routes: none", "not JSON: line 1, byte 1")]
    [InlineData("{\n  \"Net2Proxy\": {\n    \"Routes\": }\n}", "not JSON: line 3, byte 15")]
    [InlineData("{ \"Net2Proxy\": {", "not JSON: line 1")]
    [InlineData("{}", "no \"Net2Proxy\" at its top level")]
    [InlineData("[]", "no \"Net2Proxy\" at its top level")]
    [InlineData("{ \"Net2Proxy\": { \"Routes\": { \"\\ud800\": {} } } }", "half a character")]
    [InlineData("{ \"Net2Proxy\": { \"Routes\": { \"a\": \"\\udc00\" } } }", "half a character")]
    public void File_ThatIsNone_IsRefusedWithThePlace(string content, string part)
    {
        var error = Assert.Single(ErrorsOf(content));
        Assert.Equal(_folder["proxy.json"], error.Path);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatIsNotUtf8_IsRefusedWithLineAndByte()
    {
        File.WriteAllBytes(_folder["proxy.json"], Encoding.Latin1.GetBytes("{ \"Net2Proxy\": {\n  \"Clusters\": { \"M\u00fcller\": {} } } }"));
        var error = Assert.Single(Assert.Throws<ProxyConfigException>(() => ConfiguredProxy.Create(p => p.LoadFromFile(_folder["proxy.json"]))).Errors);
        Assert.Contains("not UTF-8: line 2, byte 19", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_NestedWithoutEnd_IsRefused() =>
        Assert.Contains("not JSON", Assert.Single(ErrorsOf("{ \"Net2Proxy\": " + new string('[', 100_000))).Message, StringComparison.Ordinal);

    [Fact]
    public void File_ThatIsNotThere_IsRefused()
    {
        var error = Assert.Single(Assert.Throws<ProxyConfigException>(() => ConfiguredProxy.Create(p => p.LoadFromFile(_folder["none.json"]))).Errors);
        Assert.Equal(_folder["none.json"], error.Path);
        Assert.Contains("not there", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatIsAFolder_IsRefused()
    {
        Directory.CreateDirectory(_folder["proxy.json"]);
        Assert.Throws<ProxyConfigException>(() => ConfiguredProxy.Create(p => p.LoadFromFile(_folder["proxy.json"])));
    }

    private IReadOnlyList<Balancing.ConfigError> ErrorsOf(string content)
    {
        var path = _folder.Write("proxy.json", content);
        return Assert.Throws<ProxyConfigException>(() => ConfiguredProxy.Create(p => p.LoadFromFile(path))).Errors;
    }
}
