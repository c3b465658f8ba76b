using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Compression;

/// <summary>Settings that mean nothing are refused, each by its path; those of JSON and those of code alike.</summary>
public sealed class CompressionRulesTests
{
    [Theory]
    [InlineData("\"Codings\": [\"gzip\", \"zstd\"]", "Compression:Codings:1", "one of br, gzip")]
    [InlineData("\"Codings\": [\"gzip\", \"GZIP\"]", "Compression:Codings:1", "twice")]
    [InlineData("\"MimeTypes\": [\"text\"]", "Compression:MimeTypes:0", "a media type is expected")]
    [InlineData("\"ExcludedMimeTypes\": [\"text/html; charset=utf-8\"]", "Compression:ExcludedMimeTypes:0", "a media type is expected")]
    [InlineData("\"MinimumSize\": -1", "Compression:MinimumSize", "0 to 1073741824")]
    [InlineData("\"Level\": \"NoCompression\"", "Compression:Level", "Fastest, Optimal, SmallestSize")]
    [InlineData("\"OverHttps\": \"Maybe\"", "Compression:OverHttps", "NotCrossSite, Always, Never")]
    public void Json_ThatMeansNothing_IsRefused(string setting, string path, string expected)
    {
        var error = Assert.Single(ConfiguredProxy.ErrorsOf(Json($"\"Compression\": {{ \"Enabled\": true, {setting} }}")));
        Assert.Equal("Net2Proxy:Routes:r:" + path, error.Path);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"MaxSize\": 0", "RequestDecompression:MaxSize", "1 to 1099511627776")]
    [InlineData("\"MaxRatio\": 1", "RequestDecompression:MaxRatio", "2 to 100000")]
    public void Json_OfDecompression_ThatMeansNothing_IsRefused(string setting, string path, string expected)
    {
        var error = Assert.Single(ConfiguredProxy.ErrorsOf(Json($"\"RequestDecompression\": {{ {setting} }}")));
        Assert.Equal("Net2Proxy:Routes:r:" + path, error.Path);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_ThatMeansNothing_IsRefusedAllAtOnce()
    {
        var errors = new List<Balancing.ConfigError>();
        CompressionRules.Validate(
            new() { Codings = ["lzw"], MimeTypes = ["*"], MinimumSize = -1, Level = System.IO.Compression.CompressionLevel.NoCompression, OverHttps = (CompressionOverHttps)9, ExcludedMimeTypes = null! }, "c", errors);
        Assert.Equal(["c:Codings:0", "c:ExcludedMimeTypes", "c:Level", "c:MimeTypes:0", "c:MinimumSize", "c:OverHttps"], errors.Select(e => e.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Defaults_AreAllowed()
    {
        var errors = new List<Balancing.ConfigError>();
        CompressionRules.Validate(new() { Codings = [.. CompressionDefaults.Codings], MimeTypes = [.. CompressionDefaults.MimeTypes] }, "c", errors);
        RequestDecompressionRules.Validate(new(), "d", errors);
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("text/html", true)]
    [InlineData("TEXT/HTML", true)]
    [InlineData("application/vnd.api+json", true)]
    [InlineData("application/json", false)]
    [InlineData("application/x-json", false)]
    [InlineData("image/svg+xml", true)]
    [InlineData("textual/html", false)]
    [InlineData("", false)]
    public void MediaTypes_MatchByPattern(string type, bool expected) => Assert.Equal(expected, new MediaTypeList(["text/*", "application/*+json", "image/svg+xml"]).Contains(type));

    private static string Json(string settings) => $$"""{ "Net2Proxy": { "Routes": { "r": { "ClusterId": "c", "Match": { "Path": "/" }, {{settings}} } }, "Clusters": { "c": {} } } }""";
}
