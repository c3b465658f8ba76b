using System.Text.Json.Serialization;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.ResponseCaching.Purging;

/// <summary>What is asked of the endpoint.</summary>
internal sealed record CachePurgeRequest
{
    /// <summary>How many purges one request may ask for.</summary>
    public const int MaxPurges = 1000;

    private const int MaxLength = 8192;

    public IReadOnlyList<string>? Uris { get; init; }

    public IReadOnlyList<string>? Prefixes { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public bool Everything { get; init; }

    public bool Soft { get; init; }

    /// <summary>The purges that are asked for, or what is wrong with the request.</summary>
    public IReadOnlyList<CachePurge> Read(out string? error)
    {
        var purges = new List<CachePurge>();
        error = Add(purges, "uris", Uris, static uri => CachePurge.ForUri(Normalise(uri)), isUri: true)
            ?? Add(purges, "prefixes", Prefixes, static prefix => CachePurge.ForPrefix(Normalise(prefix)), isUri: true)
            ?? Add(purges, "tags", Tags, CachePurge.ForTag, isUri: false);
        if (Everything) purges.Add(CachePurge.ForEverything());
        if (error is null && purges.Count == 0) error = "Nothing is named: at least one of uris, prefixes, tags and everything is expected.";
        if (error is null && purges.Count > MaxPurges) error = $"{purges.Count} purges are asked for at once; at most {MaxPurges} are allowed.";
        return Soft ? purges.ConvertAll(static purge => purge with { IsSoft = true }) : purges;
    }

    private static string? Add(List<CachePurge> purges, string member, IReadOnlyList<string>? values, Func<string, CachePurge> make, bool isUri)
    {
        for (var i = 0; i < (values?.Count ?? 0); i++)
        {
            var value = values![i];
            if (string.IsNullOrEmpty(value) || value.Length > MaxLength) return $"{member}[{i}] is {(string.IsNullOrEmpty(value) ? "empty" : "too long")}: a text of 1 to {MaxLength} characters is expected.";
            if (isUri && !IsAbsolute(value)) return $"{member}[{i}] is not allowed: an absolute URI such as https://shop.example/path is expected.";
            purges.Add(make(value));
        }

        return null;
    }

    private static bool IsAbsolute(string uri) =>
        (uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase)) && uri.IndexOf('/', uri.IndexOf("//", StringComparison.Ordinal) + 2) > 0;

    /// <summary>Scheme and host in lower case, without the scheme's own port: as keys are (<see cref="CacheKey.Uri"/>). The rest is left as it is.</summary>
    private static string Normalise(string uri)
    {
        var slash = uri.IndexOf('/', uri.IndexOf("//", StringComparison.Ordinal) + 2);
        var origin = uri[..slash].ToLowerInvariant();
        var port = origin.StartsWith("https:", StringComparison.Ordinal) ? ":443" : ":80";
        return string.Concat(origin.EndsWith(port, StringComparison.Ordinal) ? origin.AsSpan(0, origin.Length - port.Length) : origin, uri.AsSpan(slash));
    }
}

/// <summary>What the endpoint answers.</summary>
/// <param name="Purged">How many stored responses were concerned, as far as the store can tell.</param>
/// <param name="Complete">Whether the store has carried it all out.</param>
internal sealed record CachePurgeResponse(long Purged, bool Complete);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CachePurgeRequest))]
[JsonSerializable(typeof(CachePurgeResponse))]
internal sealed partial class CachePurgeJson : JsonSerializerContext;
