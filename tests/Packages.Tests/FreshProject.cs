using Net2Secure.Routing.Testing;

namespace Net2Secure.Routing.Packages.Tests;

/// <summary>A project of a user, in a folder of its own outside the repository, that takes the packed packages from artifacts/packages.</summary>
internal sealed class FreshProject : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="sdk">The SDK of the project.</param>
    /// <param name="package">The one of our packages that it refers to.</param>
    /// <param name="program">Program.cs.</param>
    /// <param name="properties">Further properties of the project.</param>
    public FreshProject(string sdk, string package, string program, string properties = "")
    {
        using var packed = PackedPackage.Open(package);
        _folder.Write("Fresh.csproj", $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
                <InvariantGlobalization>true</InvariantGlobalization>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{package}" Version="{packed.Version}" />
              </ItemGroup>
            </Project>
            """);

        // Our packages are unpacked here, so that no copy of an earlier build is taken for them; what others publish comes from where this machine keeps it.
        _folder.Write("nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <fallbackPackageFolders><add key="machine" value="{MachineCache()}" /></fallbackPackageFolders>
              <packageSources><add key="packed" value="{PackedPackage.Folder}" /></packageSources>
            </configuration>
            """);
        Write("Program.cs", program);
    }

    public string Folder => _folder.Path;

    public void Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Runs <c>dotnet</c> in the project's folder and demands success.</summary>
    public async Task DotnetAsync(params string[] args)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["MSBUILDDISABLENODEREUSE"] = "1", ["NUGET_PACKAGES"] = "" };
        await using var dotnet = RunningProgram.Start("dotnet", [.. args, "-nologo", "-v", "q", "-p:UseSharedCompilation=false"], Folder, environment);
        var code = await dotnet.ExitAsync(TimeSpan.FromMinutes(5));
        Assert.True(code == 0, $"dotnet {string.Join(' ', args)} failed:\n{dotnet.Output}{dotnet.Errors}");
    }

    public void Dispose() => _folder.Dispose();

    private static string MachineCache() => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
