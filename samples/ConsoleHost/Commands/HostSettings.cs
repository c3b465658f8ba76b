namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>Tells settings for ASP.NET Core from misspelt options: it would take anything and say nothing.</summary>
internal static class HostSettings
{
    /// <summary>Settings without a section before them.</summary>
    private static readonly string[] Known =
        ["--applicationName", "--contentRoot", "--environment", "--http_ports", "--https_ports", "--shutdownTimeoutSeconds", "--webRoot"];

    /// <summary>The first argument that is no setting, or <see langword="null"/>.</summary>
    /// <param name="args">What of the command line is no option of the host's own.</param>
    public static string? FindMistake(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i].Split('=')[0];
            var isSetting = name.StartsWith("--", StringComparison.Ordinal) && name.Contains(':', StringComparison.Ordinal);
            if (!isSetting && !Known.Contains(name, StringComparer.OrdinalIgnoreCase)) return args[i];

            // Without '=' the value stands behind it.
            if (name.Length == args[i].Length && ++i == args.Count) return args[i - 1];
        }

        return null;
    }
}
