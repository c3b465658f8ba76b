using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Packages.Tests;

/// <summary>A package as it was packed into artifacts/packages.</summary>
internal sealed class PackedPackage : IDisposable
{
    private readonly ZipArchive _zip;

    private PackedPackage(string path)
    {
        Path = path;
        _zip = ZipFile.OpenRead(path);
        using var nuspec = _zip.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        Metadata = XDocument.Load(nuspec).Root!.Elements().Single(e => e.Name.LocalName == "metadata");
    }

    public static string[] Ids { get; } =
    [
        "Net2Secure.Routing.Balancing", "Net2Secure.Routing.Caching", "Net2Secure.Routing.Caching.Postgres", "Net2Secure.Routing.Health", "Net2Secure.Routing.Proxying",
        "Net2Secure.Routing.Testing",
    ];

    public static string Folder { get; } = System.IO.Path.Combine(Repository.Root, "artifacts", "packages");

    public string Path { get; }

    /// <summary>The element <c>metadata</c> of the nuspec.</summary>
    public XElement Metadata { get; }

    public string Version => Text("version");

    public IReadOnlyCollection<string> Files => [.. _zip.Entries.Select(e => e.FullName)];

    /// <summary>Opens the one package of this name.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="extension">nupkg, or snupkg for its symbols.</param>
    public static PackedPackage Open(string id, string extension = "nupkg")
    {
        // The version begins with a digit; a name that goes on is that of another package.
        var found = Directory.GetFiles(Folder, $"{id}.*.{extension}").Where(file => char.IsAsciiDigit(System.IO.Path.GetFileName(file)[id.Length + 1])).ToArray();
        Assert.True(found.Length == 1, $"There are {found.Length} packages {id} ({extension}) in {Folder}, and one is expected: tests/run packs them, and so does 'dotnet pack -c Release'.");
        return new PackedPackage(found[0]);
    }

    /// <summary>The text of an element of the metadata, empty if there is none.</summary>
    public string Text(string element) => Element(element)?.Value ?? "";

    public XElement? Element(string element) => Metadata.Elements().SingleOrDefault(e => e.Name.LocalName == element);

    public byte[] Read(string file)
    {
        using var stream = _zip.GetEntry(file)!.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The names of the assemblies that its assembly refers to.</summary>
    public string[] ReferencedAssemblies()
    {
        using var assembly = new PEReader(new MemoryStream(Read($"lib/net10.0/{Text("id")}.dll")));
        var metadata = assembly.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }

    public void Dispose() => _zip.Dispose();
}
