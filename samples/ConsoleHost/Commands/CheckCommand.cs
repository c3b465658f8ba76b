using Net2Secure.Routing.Proxying;
using static Net2Secure.Routing.ConsoleHost.Commands.LoadedConfiguration;

namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>Checks a configuration without serving anything.</summary>
internal static class CheckCommand
{
    public static int Run(FileInfo file, TextWriter output, TextWriter error)
    {
        using var loaded = LoadedConfiguration.TryLoad(file, error);
        if (loaded is null) return 1;
        foreach (var route in loaded.Inspector.Routes) output.WriteLine(Describe(route));
        foreach (var cluster in loaded.Inspector.Clusters)
        {
            output.WriteLine($"cluster {cluster.ClusterId}: {cluster.LoadBalancingPolicy}, {Counted(cluster.Destinations.Count, "destination")}");
            foreach (var destination in cluster.Destinations) output.WriteLine($"  {destination.Id} {destination.Address} {destination.Share:P1}");
        }

        foreach (var notice in loaded.Inspector.Notices) output.WriteLine($"note: {notice.Path} {notice.Message}");
        foreach (var finding in loaded.Inspector.Findings) output.WriteLine($"unsafe: {finding.Path} {finding.Message}");
        output.WriteLine($"{file.Name} is valid: {Counted(loaded.Inspector.Routes.Count, "route")}, {Counted(loaded.Inspector.Clusters.Count, "cluster")}.");
        return 0;
    }

    private static string Target(Net2Secure.Routing.Proxying.RouteOptions route)
    {
        if (route.Split is not { } split) return route.ClusterId ?? "";
        var total = (double)split.Clusters.Sum(c => c.Weight);
        return string.Join(", ", split.Clusters.Select(c => $"{c.ClusterId} {(c.Weight / total).ToString("P2", System.Globalization.CultureInfo.InvariantCulture)}"));
    }

    private static string Describe(Net2Secure.Routing.Proxying.RouteOptions route)
    {
        var match = route.Match;
        var methods = match.Methods.Count == 0 ? "any method" : string.Join(',', match.Methods);
        var hosts = match.Hosts.Count == 0 ? "any host" : string.Join(',', match.Hosts);
        var conditions = match.Headers.Count + match.QueryParameters.Count;
        return $"route {route.RouteId}: {methods}, {hosts}, {match.Path ?? "any path"}{(conditions > 0 ? $", {Counted(conditions, "further condition")}" : "")} -> {Target(route)}";
    }
}
