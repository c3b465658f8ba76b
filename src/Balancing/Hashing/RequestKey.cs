using System.Net.Http.Headers;

namespace Net2Secure.Routing.Balancing;

/// <summary>Finds what a request is hashed by: the first of several places that is there and not empty. Immutable.</summary>
/// <remarks>Allocates nothing per request, but for an array of the lines where a header field comes in more than one, which .NET's own collection makes.</remarks>
internal sealed class RequestKey : IEquatable<RequestKey>
{
    private readonly Place[] _places;

    public RequestKey(IList<HashKeyOptions> places) => _places = places.Count == 0
        ? [new(HashKeySource.Custom, ""), new(HashKeySource.ClientAddress, "")]
        : [.. places.Select(p => new Place(p.Source!.Value, p.Name ?? ""))];

    /// <summary>The hash of the request's key.</summary>
    /// <returns><see langword="false"/> when the request has none.</returns>
    public bool TryHash(HttpRequestMessage request, out ulong hash)
    {
        foreach (var place in _places)
        {
            if (TryHash(request, place, out hash)) return true;
        }

        hash = 0;
        return false;
    }

    /// <inheritdoc/>
    public bool Equals(RequestKey? other) => other is not null && _places.AsSpan().SequenceEqual(other._places);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RequestKey);

    /// <inheritdoc/>
    public override int GetHashCode() => _places.Length == 0 ? 0 : _places[0].GetHashCode();

    private static bool TryHash(HttpRequestMessage request, Place place, out ulong hash)
    {
        hash = 0;
        switch (place.Source)
        {
            case HashKeySource.ClientAddress:
                if (request is not RoutedRequestMessage { ClientAddress: { } address }) return false;
                hash = XxHash64.Of(address);
                return true;
            case HashKeySource.Header: return request.Headers.NonValidated.TryGetValues(place.Name, out var lines) && TryHashLines(lines, out hash);
            case HashKeySource.Cookie: return request.Headers.NonValidated.TryGetValues("Cookie", out var cookies) && TryHashText(CookieIn(cookies, place.Name), out hash);
            case HashKeySource.QueryParameter: return TryHashText(ParameterIn(TargetOf(request), place.Name), out hash);
            case HashKeySource.Path: return TryHashText(PathIn(TargetOf(request)), out hash);
            default: return TryHashText(CustomOf(request), out hash);
        }
    }

    private static bool TryHashText(ReadOnlySpan<char> text, out ulong hash)
    {
        hash = text.Length > 0 ? XxHash64.Of(text) : 0;
        return text.Length > 0;
    }

    // Each line is hashed with what the lines before it came to as the seed, so that their order counts and nothing has to be joined.
    private static bool TryHashLines(HeaderStringValues lines, out ulong hash)
    {
        hash = 0;
        var found = false;
        foreach (var line in lines)
        {
            if (line.Length == 0) continue;
            hash = XxHash64.Of(line, hash);
            found = true;
        }

        return found;
    }

    /// <summary>The value of the first cookie of a name (RFC 6265 §4.2.1), as it stands there.</summary>
    private static ReadOnlySpan<char> CookieIn(HeaderStringValues lines, string name)
    {
        foreach (var line in lines)
        {
            foreach (var part in line.AsSpan().Split(';'))
            {
                var pair = line.AsSpan()[part].Trim(" \t");
                if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal)) return pair[(name.Length + 1)..];
            }
        }

        return default;
    }

    private static ReadOnlySpan<char> ParameterIn(ReadOnlySpan<char> target, string name)
    {
        var start = target.IndexOf('?');
        if (start < 0) return default;
        var query = target[(start + 1)..];
        foreach (var part in query.Split('&'))
        {
            var pair = query[part];
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.OrdinalIgnoreCase)) return pair[(name.Length + 1)..];
        }

        return default;
    }

    private static ReadOnlySpan<char> PathIn(ReadOnlySpan<char> target) => target.IndexOf('?') is >= 0 and var end ? target[..end] : target;

    private static string TargetOf(HttpRequestMessage request) => request switch
    {
        RoutedRequestMessage routed => routed.PathAndQuery,
        { RequestUri: { IsAbsoluteUri: true } uri } => uri.PathAndQuery,
        _ => "",
    };

    private static string? CustomOf(HttpRequestMessage request)
    {
        if (request is RoutedRequestMessage routed) return routed.HashKey;
        return request.Options.TryGetValue(BalancingRequestOptions.HashKey, out var key) ? key : null;
    }

    private readonly record struct Place(HashKeySource Source, string Name);
}
