using System.Globalization;
using Net2Secure.Routing.Proxying;
using static Net2Secure.Routing.ConsoleHost.Commands.LoadedConfiguration;

namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>Says what a candidate would change of a configuration, without serving either.</summary>
internal static class DiffCommand
{
    private const int Same = 0;
    private const int Wrong = 1;
    private const int Different = 2;

    public static async Task<int> RunAsync(
        FileInfo live, FileInfo candidate, string[] requests, bool json, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var options = new DryRunOptions { RecentRequests = 0 };
        foreach (var request in requests)
        {
            if (request.Split(' ', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } method, var url] || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            {
                await error.WriteLineAsync($"'{request}' is not a request. Write it as 'GET https://shop.example/a'.");
                return Wrong;
            }

            options.Requests.Add(new(method, uri));
        }

        if (!candidate.Exists)
        {
            await error.WriteLineAsync($"There is no file '{candidate.FullName}'.");
            return Wrong;
        }

        using var loaded = TryLoad(live, error);
        if (loaded is null) return Wrong;
        DryRunReport report;
        try
        {
            report = await loaded.DryRun.RunAsync(await File.ReadAllTextAsync(candidate.FullName, cancellationToken), options, cancellationToken);
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return Wrong;
        }

        if (json) await output.WriteLineAsync(report.ToJson());
        else Write(report, candidate, output, error);
        return !report.IsValid ? Wrong : report.HasChanges ? Different : Same;
    }

    private static void Write(DryRunReport report, FileInfo candidate, TextWriter output, TextWriter error)
    {
        foreach (var wrong in report.Errors) error.WriteLine($"{wrong.Path}: {wrong.Message}");
        if (!report.IsValid)
        {
            error.WriteLine($"{candidate.Name} has {Counted(report.Errors.Count, "error")}.");
            return;
        }

        foreach (var route in report.Routes) output.WriteLine($"route {route.RouteId}: {Word(route.Change)}{Told(route.Settings)}");
        foreach (var cluster in report.Clusters) Write(cluster, output);
        foreach (var setting in report.Settings) output.WriteLine($"setting {setting.Path}: {Word(setting.Change)}");
        foreach (var request in report.Requests.Where(static r => r.Moves))
            output.WriteLine($"moves: {request.Method} {request.Url}{string.Concat(request.Headers.Select(static h => $" '{h.Key}: {h.Value}'"))}: {Told(request.Before)} => {Told(request.After)}");
        foreach (var route in report.RoutesNotReached) output.WriteLine($"unknown: no request came to route {route}, so that nothing is known of what it takes; ask for one with --request");
        if (report.RequestsLeftOut > 0) output.WriteLine($"unknown: {Counted(report.RequestsLeftOut, "request")} not asked for, as there are so many");
        foreach (var notice in report.Notices) output.WriteLine($"note: {notice.Path} {notice.Message}");
        foreach (var finding in report.Findings) output.WriteLine($"unsafe: {finding.Path} {finding.Message}");
        output.WriteLine(report.HasChanges
            ? $"{candidate.Name} changes {Counted(report.Routes.Count, "route")} and {Counted(report.Clusters.Count, "cluster")}; {report.Requests.Count(static r => r.Moves)} of {Counted(report.Requests.Count, "request")} move."
            : $"{candidate.Name} changes nothing.");
    }

    private static void Write(ClusterChange cluster, TextWriter output)
    {
        output.WriteLine($"cluster {cluster.ClusterId}: {Word(cluster.Change)}{Told(cluster.Settings)}");
        foreach (var destination in cluster.Destinations)
        {
            var address = destination.AddressBefore == destination.AddressAfter || destination.AddressBefore is null || destination.AddressAfter is null
                ? $"{destination.AddressAfter ?? destination.AddressBefore}"
                : $"{destination.AddressBefore} => {destination.AddressAfter}";
            var weight = destination.Change == DryRunChange.Reweighted ? $", weight {destination.WeightBefore} => {destination.WeightAfter}" : "";
            output.WriteLine($"  {destination.Id} {address} {Word(destination.Change)}{weight}, share {Percent(destination.ShareBefore)} => {Percent(destination.ShareAfter)}");
        }

        if (cluster.KeysMoved is { } moved) output.WriteLine($"  {Percent(moved)} of {cluster.Keys} keys move to another server");
    }

    private static string Told(DryRunTarget target)
    {
        if (target.RouteId is null) return "404";
        var sides = target.Split.Count == 0 ? target.ClusterId ?? "503" : string.Join(", ", target.Split.Select(static s => $"{s.ClusterId} {Percent(s.Share)}"));
        return $"{target.RouteId} ({sides})";
    }

    private static string Told(IReadOnlyList<SettingChange> settings) => settings.Count == 0 ? "" : $" ({string.Join(", ", settings.Select(static s => $"{s.Path} {Word(s.Change)}"))})";

    private static string Word(DryRunChange change) => change switch
    {
        DryRunChange.Added => "added",
        DryRunChange.Removed => "removed",
        DryRunChange.Changed => "changed",
        DryRunChange.Reweighted => "reweighted",
        _ => "stays",
    };

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);
}
