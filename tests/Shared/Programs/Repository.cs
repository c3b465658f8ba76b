namespace Net2Secure.Routing.Testing;

/// <summary>Where things are in the repository that a test was built from.</summary>
internal static class Repository
{
    /// <summary>Its folder: the one with the solution, above the test's own.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Debug or Release: what the test itself was built as.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>The built assembly of an executable project, such as <c>samples/ConsoleHost</c>.</summary>
    public static string AssemblyOf(string project)
    {
        var path = Path.Combine(Root, project, "bin", Configuration, "net10.0", Path.GetFileName(project) + ".dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{project} is not built: there is no {path}.");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Net2Secure.Routing.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("The test does not run from inside the repository.");
    }
}
