using System.Text.RegularExpressions;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying;

namespace Net2Secure.Routing.ConsoleHost.Commands;

/// <summary>Says where a request would go.</summary>
internal static partial class ExplainCommand
{
    /// <summary>A token of RFC 9110 §5.6.2.</summary>
    [GeneratedRegex(@"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HttpMethodSyntax { get; }

    public static async Task<int> RunAsync(
        FileInfo file, string method, string url, string[] headers, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            await error.WriteLineAsync($"'{url}' is not an absolute http or https URL, such as https://shop.example/a.");
            return 1;
        }

        if (!HttpMethodSyntax.IsMatch(method))
        {
            await error.WriteLineAsync($"'{method}' is not a method, such as GET.");
            return 1;
        }

        var fields = new List<KeyValuePair<string, string>>();
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                await error.WriteLineAsync($"'{header}' is not a header field. Write it as 'Name: value'.");
                return 1;
            }

            fields.Add(new(header[..colon].Trim(), header[(colon + 1)..].Trim()));
        }

        using var loaded = LoadedConfiguration.TryLoad(file, error);
        if (loaded is null) return 1;
        var explanation = await loaded.Inspector.ExplainAsync(method, uri, fields, cancellationToken);
        await output.WriteLineAsync($"{method} {uri}");
        if (explanation.RouteId is null)
        {
            await output.WriteLineAsync("  no route matches: 404");
            return 0;
        }

        await output.WriteLineAsync($"  route        {explanation.RouteId}");
        foreach (var side in explanation.Split) await output.WriteLineAsync($"  split        {side.ClusterId} {side.Share.ToString("P2", System.Globalization.CultureInfo.InvariantCulture)} of users");
        await output.WriteLineAsync($"  cluster      {explanation.Cluster?.ClusterId ?? "none: 503"}");
        if (explanation.Subset is { } subset) await output.WriteLineAsync($"  subset       {subset.ChosenBy}{Describe(subset.Fallback)}");
        await output.WriteLineAsync($"  policy       {explanation.Cluster?.LoadBalancingPolicy}");
        foreach (var destination in explanation.Cluster?.Destinations ?? [])
            await output.WriteLineAsync($"  destination  {destination.Id} {destination.Address} {(destination.Share > 0 ? destination.Share.ToString("P1", System.Globalization.CultureInfo.InvariantCulture) : "takes no traffic")}");
        return 0;
    }

    private static string Describe(SubsetFallback? fallback) => fallback switch
    {
        null => "",
        SubsetFallback.Any => ": nobody, so any destination",
        SubsetFallback.Default => ": nobody, so the default subset",
        _ => ": nobody: 503",
    };
}
