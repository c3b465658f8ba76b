using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Reads and checks the section <c>Dashboard</c>.</summary>
internal static class DashboardRules
{
    public static DashboardOptions Read(SectionReader reader)
    {
        var options = new DashboardOptions { Enabled = reader.Boolean(nameof(DashboardOptions.Enabled)) };
        options.Path = reader.Text(nameof(DashboardOptions.Path)) ?? options.Path;
        options.AuthorizationPolicy = reader.Text(nameof(DashboardOptions.AuthorizationPolicy));
        return options;
    }

    /// <summary>Whether settings say the same.</summary>
    public static bool AreSame(DashboardOptions? one, DashboardOptions? other) =>
        one?.Enabled == other?.Enabled && one?.Path == other?.Path && one?.AuthorizationPolicy == other?.AuthorizationPolicy;

    /// <summary>Checks settings, wherever they came from.</summary>
    public static void Validate(DashboardOptions options, string path, ICollection<ConfigError> errors)
    {
        if (options.Path is not ['/', _, ..] || options.Path.AsSpan().ContainsAny(" ?#{}"))
        {
            errors.Report(
                path.Below(nameof(DashboardOptions.Path)),
                $"'{options.Path}' is not allowed: a path below the root is expected, such as /_net2, without blanks, '?', '#' and braces.");
        }
    }
}
