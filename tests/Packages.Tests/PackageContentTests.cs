using System.Text;
using System.Xml.Linq;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Packages.Tests;

/// <summary>What is in the packages.</summary>
public sealed class PackageContentTests
{
    public static TheoryData<string> Ids => [.. PackedPackage.Ids];

    [Fact]
    public void Folder_HasOurPackagesAndNothingElse()
    {
        var names = Directory.GetFiles(PackedPackage.Folder, "*.nupkg").Select(f => Path.GetFileName(f)!);
        Assert.Equal(PackedPackage.Ids, names.Select(n => string.Join('.', n.Split('.').TakeWhile(part => !char.IsAsciiDigit(part[0])))).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Package_HasAssemblyDocumentationAndReadme(string id)
    {
        using var package = PackedPackage.Open(id);
        Assert.Contains($"lib/net10.0/{id}.dll", package.Files);
        Assert.Equal("README.md", package.Text("readme"));
        Assert.StartsWith($"# {id}\n", Encoding.UTF8.GetString(package.Read("README.md")), StringComparison.Ordinal);
        Assert.True(package.Read("README.md").Length > 500, "The README is a stub.");
        var documentation = XDocument.Load(new MemoryStream(package.Read($"lib/net10.0/{id}.xml")));
        Assert.NotEmpty(documentation.Descendants("summary"));
        Assert.Single(package.Files.Select(f => f.Split('/')).Where(f => f[0] == "lib").Select(f => f[1]).Distinct(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Package_HasMetadataThatNamesNoPlace(string id)
    {
        using var package = PackedPackage.Open(id);
        var license = package.Element("license")!;
        Assert.Equal(("MIT", "expression"), (license.Value, license.Attribute("type")?.Value));
        Assert.All(["description", "authors", "copyright", "tags", "version"], element => Assert.NotEmpty(package.Text(element)));
        Assert.DoesNotContain("Package Description", package.Text("description"), StringComparison.Ordinal);
        Assert.Null(package.Element("projectUrl"));
        Assert.Null(package.Element("repository")?.Attribute("url"));
        Assert.DoesNotContain(Repository.Root, package.Metadata.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Package_HasSymbolsWithoutPathsOfTheMachineThatBuiltThem(string id)
    {
        using var package = PackedPackage.Open(id);
        using var symbols = PackedPackage.Open(id, "snupkg");
        Assert.Equal(package.Version, symbols.Version);
        var pdb = symbols.Read($"lib/net10.0/{id}.pdb");
        Assert.Equal("BSJB", Encoding.ASCII.GetString(pdb, 0, 4));
        var path = Encoding.UTF8.GetBytes(Repository.Root);
        Assert.True(pdb.AsSpan().IndexOf(path) < 0, "The symbols name a path of this machine.");
        Assert.True(package.Read($"lib/net10.0/{id}.dll").AsSpan().IndexOf(path) < 0, "The assembly names a path of this machine.");
    }

    [Theory]
    [InlineData("Net2Secure.Routing.Balancing", "Microsoft.Extensions.Http", "Polly.Core")]
    [InlineData("Net2Secure.Routing.Caching", "Microsoft.Extensions.Caching.Abstractions", "Microsoft.Extensions.Http")]
    [InlineData("Net2Secure.Routing.Caching.Postgres", "Net2Secure.Routing.Caching", "Npgsql")]
    [InlineData("Net2Secure.Routing.Health", "Microsoft.Extensions.Diagnostics.HealthChecks", "Net2Secure.Routing.Balancing")]
    [InlineData("Net2Secure.Routing.Proxying", "Net2Secure.Routing.Balancing", "Net2Secure.Routing.Caching", "Net2Secure.Routing.Health")]
    [InlineData("Net2Secure.Routing.Testing", "Net2Secure.Routing.Health")]
    public void Package_DependsOnWhatItUses(string id, params string[] dependencies)
    {
        using var package = PackedPackage.Open(id);
        var named = package.Metadata.Descendants().Where(e => e.Name.LocalName == "dependency").ToDictionary(e => e.Attribute("id")!.Value, e => e.Attribute("version")!.Value);
        Assert.Equal(dependencies, named.Keys.Order(StringComparer.Ordinal));
        Assert.All(named.Where(d => PackedPackage.Ids.Contains(d.Key)), d => Assert.Equal(package.Version, d.Value));
        var frameworks = package.Metadata.Descendants().Where(e => e.Name.LocalName == "frameworkReference").Select(e => e.Attribute("name")!.Value);
        Assert.Equal(id.EndsWith(".Proxying", StringComparison.Ordinal) ? ["Microsoft.AspNetCore.App"] : [], frameworks);
    }

    /// <summary>The rooms of the house: who may know whom.</summary>
    [Theory]
    [InlineData("Net2Secure.Routing.Balancing", false)]
    [InlineData("Net2Secure.Routing.Caching", false)]
    [InlineData("Net2Secure.Routing.Caching.Postgres", false, "Net2Secure.Routing.Caching")]
    [InlineData("Net2Secure.Routing.Health", false, "Net2Secure.Routing.Balancing")]
    [InlineData("Net2Secure.Routing.Proxying", true, "Net2Secure.Routing.Balancing", "Net2Secure.Routing.Caching", "Net2Secure.Routing.Health")]
    [InlineData("Net2Secure.Routing.Testing", false, "Net2Secure.Routing.Balancing", "Net2Secure.Routing.Health")]
    public void Assembly_RefersOnlyToWhatItMayKnow(string id, bool aspNetCore, params string[] ours)
    {
        using var package = PackedPackage.Open(id);
        var references = package.ReferencedAssemblies();
        Assert.Subset(ours.ToHashSet(StringComparer.Ordinal), references.Where(r => r.StartsWith("Net2Secure.", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal));
        Assert.Equal(aspNetCore, references.Any(r => r.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)));
    }
}
