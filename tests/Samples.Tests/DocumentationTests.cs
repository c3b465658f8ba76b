using System.Text.RegularExpressions;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Samples.Tests;

/// <summary>What can be checked of the documentation without reading it.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] Folders = ["docs", "samples", "src", "tests"];

    [Fact]
    public void EveryLink_LeadsSomewhere()
    {
        var dead = new List<string>();
        foreach (var page in Pages())
        {
            foreach (var target in Link.Matches(File.ReadAllText(page)).Select(m => m.Groups["target"].Value))
            {
                if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith('#')) continue;
                var path = Path.GetFullPath(target.Split('#')[0], Path.GetDirectoryName(page)!);
                if (!File.Exists(path) && !Directory.Exists(path)) dead.Add($"{Path.GetRelativePath(Repository.Root, page)}: {target}");
            }
        }

        Assert.Empty(dead);
    }

    [Fact]
    public void EveryAnchor_IsAHeading()
    {
        var dead = new List<string>();
        foreach (var page in Pages())
        {
            foreach (var target in Link.Matches(File.ReadAllText(page)).Select(m => m.Groups["target"].Value))
            {
                if (target.Contains("://", StringComparison.Ordinal) || target.Split('#') is not [var file, var anchor]) continue;
                var path = file.Length == 0 ? page : Path.GetFullPath(file, Path.GetDirectoryName(page)!);
                if (path.EndsWith(".md", StringComparison.Ordinal) && File.Exists(path) && !Heading.Matches(File.ReadAllText(path)).Any(m => AnchorOf(m.Groups["text"].Value) == anchor))
                    dead.Add($"{Path.GetRelativePath(Repository.Root, page)}: {target}");
            }
        }

        Assert.Empty(dead);
    }

    /// <summary>A README of a package is read where its neighbours are not.</summary>
    [Fact]
    public void ReadmeOfAPackage_HasNoRelativeLinks() =>
        Assert.All(Pages().Where(p => p.StartsWith(Path.Combine(Repository.Root, "src"), StringComparison.Ordinal)), page => Assert.All(
            Link.Matches(File.ReadAllText(page)), link => Assert.Contains("://", link.Groups["target"].Value, StringComparison.Ordinal)));

    /// <summary>A policy as the documentation shows it is the one that the sample compiles.</summary>
    [Theory]
    [InlineData("docs/balancing.md", "samples/CustomPolicy/ByTenantPolicy.cs")]
    [InlineData("docs/balancing.md", "samples/CustomPolicy/Program.cs")]
    [InlineData("docs/discovery.md", "samples/Discovery/DirectoryDiscovery.cs")]
    [InlineData("docs/hashing.md", "samples/HashBalancing/Program.cs")]
    [InlineData("docs/health.md", "tests/Health.Tests/Probes/RedisProbeTests.cs")]
    [InlineData("docs/httpclient.md", "samples/HttpClientBalancing/Program.cs")]
    [InlineData("docs/testing.md", "tests/Testing.Tests/ExampleTests.cs")]
    [InlineData("docs/testing.md", "tests/Testing.Tests/ShopUnderTest.cs")]
    public void CodeOfThePage_IsThatOfTheSample(string page, string sample)
    {
        var code = WithoutBlanks(File.ReadAllText(Path.Combine(Repository.Root, sample)));
        var blocks = CodeBlock.Matches(File.ReadAllText(Path.Combine(Repository.Root, page))).Select(m => WithoutBlanks(m.Groups["code"].Value));
        Assert.Contains(blocks, block => code.Contains(block, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\[[^\]]*\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link { get; }

    [GeneratedRegex(@"^#+ (?<text>.+?)\s*$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Heading { get; }

    [GeneratedRegex(@"```csharp\r?\n(?<code>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex CodeBlock { get; }

    private static IEnumerable<string> Pages() => Folders
        .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*.md", SearchOption.AllDirectories))
        .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
        .Where(p => !p.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules"));

    // As the places do that show the pages: letters, digits, hyphens and underscores stay, blanks become hyphens.
    private static string AnchorOf(string heading) =>
        string.Concat(heading.Where(static c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_').Select(static c => c == ' ' ? '-' : char.ToLowerInvariant(c)));

    private static string WithoutBlanks(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
