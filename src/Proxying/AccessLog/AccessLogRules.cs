using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>Reads and checks the section <c>AccessLog</c>.</summary>
internal static class AccessLogRules
{
    /// <summary>Stands for standard output.</summary>
    public const string StandardOutput = "-";

    private const int MaxSample = 1_000_000;

    public static AccessLogOptions Read(SectionReader reader)
    {
        var options = new AccessLogOptions();
        options.Enabled = reader.Boolean(nameof(AccessLogOptions.Enabled)) ?? options.Enabled;
        options.Format = reader.Word<AccessLogFormat>(nameof(AccessLogOptions.Format)) ?? options.Format;
        options.Sample = reader.Integer(nameof(AccessLogOptions.Sample), new(1, MaxSample)) ?? options.Sample;
        options.Path = reader.Text(nameof(AccessLogOptions.Path));
        options.Fields = [.. reader.Words(nameof(AccessLogOptions.Fields), AccessLogFields.All) ?? []];
        options.RequestHeaders = reader.Texts(nameof(AccessLogOptions.RequestHeaders));
        options.DangerousShowSecrets = reader.Boolean(nameof(AccessLogOptions.DangerousShowSecrets)) ?? options.DangerousShowSecrets;
        return options;
    }

    /// <summary>Checks settings, wherever they came from.</summary>
    public static void Validate(AccessLogOptions options, string path, ICollection<ConfigError> errors)
    {
        if (options.Sample is < 1 or > MaxSample) errors.Report(path.Below(nameof(AccessLogOptions.Sample)), $"'{options.Sample}' is not allowed: 1 to {MaxSample} is expected.");
        foreach (var field in options.Fields)
        {
            if (!AccessLogFields.All.Contains(field, StringComparer.OrdinalIgnoreCase))
                errors.Report(path.Below(nameof(AccessLogOptions.Fields)), $"'{field}' is not a member of a line: one of {string.Join(", ", AccessLogFields.All)} is expected.");
        }

        foreach (var header in options.RequestHeaders)
        {
            if (!FieldRules.IsToken(header)) errors.Report(path.Below(nameof(AccessLogOptions.RequestHeaders)), $"'{header}' is not the name of a header field.");
        }

        if (options.Path is null or StandardOutput || !options.Enabled) return;
        var problem = ProblemOf(options.Path);
        if (problem is not null) errors.Report(path.Below(nameof(AccessLogOptions.Path)), problem);
    }

    private static string? ProblemOf(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal)) return $"'{path}' is not a path: the name of a file is expected, or {StandardOutput} for standard output.";
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full)) return $"'{full}' is a folder: the name of a file is expected.";
        return Directory.Exists(Path.GetDirectoryName(full)) ? null : $"the folder of '{full}' does not exist. Create it, or name a file in another one.";
    }
}
