using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>Where the server is to listen, as far as settings say it before it does.</summary>
internal sealed class ListenAddresses(IConfiguration? configuration = null)
{
    /// <summary>The addresses, each with the setting that names it.</summary>
    public IEnumerable<(string Path, string Url)> Find()
    {
        if (configuration is null) yield break;
        foreach (var url in Split(configuration["urls"])) yield return ("urls", url);
        if (configuration["urls"] is null)
        {
            foreach (var port in Split(configuration["http_ports"])) yield return ("http_ports", $"http://*:{port}");
        }

        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
        {
            if (endpoint["Url"] is { Length: > 0 } url) yield return ($"Kestrel:Endpoints:{endpoint.Key}:Url", url);
        }
    }

    /// <summary>Whether an address takes requests without TLS from other machines.</summary>
    public static bool IsPlainAndOpen(string url) => Parse(url) is { } address && address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase) && IsOpen(address);

    /// <summary>Whether an address takes requests from other machines.</summary>
    public static bool IsOpen(string url) => Parse(url) is { } address && IsOpen(address);

    private static bool IsOpen(BindingAddress address)
    {
        if (address.IsUnixPipe || address.IsNamedPipe || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return false;
        return !IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) || !IPAddress.IsLoopback(ip);
    }

    private static BindingAddress? Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null; // the server will say so
        }
    }

    private static string[] Split(string? text) => text?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
