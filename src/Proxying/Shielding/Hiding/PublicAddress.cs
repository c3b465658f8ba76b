using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Shielding;

/// <summary>The address that a client asked, which takes the place of those of destinations in what they answer.</summary>
/// <remarks>
/// Scheme, host and port are exchanged, and a path in the destination's address is taken away, which is added on the way there. Paths that transforms change on the way are not changed
/// back: which one a destination meant cannot be known.
/// </remarks>
internal readonly struct PublicAddress
{
    private readonly string _scheme;
    private readonly HostString _host;

    private PublicAddress(string scheme, HostString host) => (_scheme, _host) = (scheme, host);

    public static PublicAddress Of(HttpRequest request) => new(request.Scheme, request.Host);

    /// <summary>Changes the fields of a response that name a destination of a cluster.</summary>
    public void Rewrite(HttpResponseMessage response, Cluster cluster)
    {
        if (!_host.HasValue) return;
        Rewrite(response.Headers, "Location", cluster);
        Rewrite(response.Content.Headers, "Content-Location", cluster);
        RewriteRefresh(response.Headers, cluster);
        RewriteCookies(response.Headers, cluster);
    }

    private void Rewrite(HttpHeaders headers, string field, Cluster cluster)
    {
        if (headers.NonValidated.TryGetValues(field, out var values) && values.Count == 1 && Exchange(values.ToString(), cluster) is { } changed) Set(headers, field, changed);
    }

    // Not in any standard, but browsers know it: seconds, and an address behind url=.
    private void RewriteRefresh(HttpResponseHeaders headers, Cluster cluster)
    {
        if (!headers.NonValidated.TryGetValues("Refresh", out var values) || values.Count != 1) return;
        var value = values.ToString();
        var start = value.IndexOf("url=", StringComparison.OrdinalIgnoreCase);
        if (start < 0) return;
        start += "url=".Length;
        var url = value[start..].Trim();
        var quote = url is ['"' or '\'', .., '"' or '\''] ? url[..1] : "";
        if (Exchange(quote.Length == 0 ? url : url[1..^1], cluster) is { } changed) Set(headers, "Refresh", $"{value[..start]}{quote}{changed}{quote}");
    }

    private void RewriteCookies(HttpResponseHeaders headers, Cluster cluster)
    {
        if (!headers.NonValidated.TryGetValues("Set-Cookie", out var values)) return;
        string[]? changed = null;
        var i = 0;
        foreach (var cookie in values)
        {
            if (ExchangeDomain(cookie, cluster) is { } other) (changed ??= [.. values])[i] = other;
            i++;
        }

        if (changed is null) return;
        headers.Remove("Set-Cookie");
        headers.TryAddWithoutValidation("Set-Cookie", changed);
    }

    /// <returns>The cookie with its domain exchanged; <see langword="null"/> where it names no destination.</returns>
    private string? ExchangeDomain(string cookie, Cluster cluster)
    {
        // Without the attribute a cookie is for exactly the host that set it.
        for (var start = cookie.IndexOf(';', StringComparison.Ordinal); start >= 0;)
        {
            var end = cookie.IndexOf(';', start + 1);
            var attribute = cookie.AsSpan(start + 1, (end < 0 ? cookie.Length : end) - start - 1).Trim(" \t");
            if (attribute.StartsWith("domain=", StringComparison.OrdinalIgnoreCase) && Names(cluster, attribute["domain=".Length..].Trim(" \t").TrimStart('.')))
                return string.Concat(cookie.AsSpan(0, start), IsDomain(_host.Host) ? "; Domain=" + _host.Host : "", end < 0 ? "" : cookie.AsSpan(end));
            start = end;
        }

        return null;
    }

    // Browsers take a domain of one label, or an address, for no domain at all.
    private static bool IsDomain(string host) => host.Contains('.', StringComparison.Ordinal) && !IPAddress.TryParse(host, out _);

    private static bool Names(Cluster cluster, ReadOnlySpan<char> host)
    {
        foreach (var destination in cluster.Snapshot.Destinations)
        {
            if (host.Equals(destination.Address.Host, StringComparison.OrdinalIgnoreCase) || host.Equals(HostNameOf(destination), StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static ReadOnlySpan<char> HostNameOf(Destination destination) => destination.Options.Host is { } host ? new HostString(host).Host : default;

    /// <returns>The address that clients use for the same; <see langword="null"/> where <paramref name="text"/> names no destination.</returns>
    private string? Exchange(string text, Cluster cluster)
    {
        var start = StartOfAuthority(text);
        if (start == 0) return null;
        var end = text.AsSpan(start).IndexOfAny("/?#");
        end = end < 0 ? text.Length : start + end;
        // A user that is named would be named to the client.
        var authority = text.AsSpan(start, end - start);
        authority = authority[(authority.LastIndexOf('@') + 1)..];
        foreach (var destination in cluster.Snapshot.Destinations)
        {
            if (!IsAuthorityOf(destination, authority, text.AsSpan(0, Math.Max(0, start - 3)))) continue;
            var rest = text.AsSpan(end);
            var basePath = destination.BasePath;
            if (basePath.Length > 0 && rest.StartsWith(basePath, StringComparison.Ordinal) && (rest.Length == basePath.Length || rest[basePath.Length] is '/' or '?' or '#')) rest = rest[basePath.Length..];
            return string.Concat(start == 2 ? "//" : _scheme + "://", _host.ToUriComponent(), rest);
        }

        return null;
    }

    // An address further behind, as in a query, is not the one that clients are sent to.
    private static int StartOfAuthority(string text) =>
        text.StartsWith("//", StringComparison.Ordinal) ? 2
        : text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
        : text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : 0;

    private static bool IsAuthorityOf(Destination destination, ReadOnlySpan<char> authority, ReadOnlySpan<char> scheme)
    {
        var host = new HostString(authority.ToString());
        var port = host.Port ?? (scheme.IsEmpty ? destination.Address.Port : scheme.Equals("https", StringComparison.OrdinalIgnoreCase) ? 443 : 80);
        if (port == destination.Address.Port && Same(host.Host, destination.Address.Host)) return true;
        // The name that the destination is asked by, with or without a port.
        return HostNameOf(destination) is { Length: > 0 } name && host.Host.AsSpan().Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static bool Same(string host, string other) => host.Trim('[', ']').Equals(other.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);

    private static void Set(HttpHeaders headers, string field, string value)
    {
        headers.Remove(field);
        headers.TryAddWithoutValidation(field, value);
    }
}
