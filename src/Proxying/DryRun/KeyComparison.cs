using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.DryRun;

/// <summary>Asks two states of a cluster where the same keys are at home: by the policy, tables and affinity that would serve.</summary>
/// <remarks>The keys are a fixed sequence, so that the same question has the same answer. Of n keys, a share strays by up to about one over the root of n.</remarks>
internal sealed class KeyComparison
{
    private readonly Dictionary<string, int> _before = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _after = new(StringComparer.OrdinalIgnoreCase);
    private readonly int _keys;
    private int _moved;

    private KeyComparison(int keys) => _keys = keys;

    /// <summary>The share of keys that come to another server.</summary>
    public double Moved => (double)_moved / _keys;

    /// <summary>Whether the destination of a request is a matter of its key.</summary>
    public static bool GoesByKeys(Cluster? cluster) => cluster?.Snapshot is { Candidates.Count: > 0 } snapshot && (snapshot.Policy is HashPolicy || snapshot.Affinity is { Way: KeyedAffinity });

    /// <summary>Asks for keys.</summary>
    /// <param name="before">The one state; <see langword="null"/>, or one that does not go by keys, has no homes.</param>
    /// <param name="after">The other.</param>
    /// <param name="keys">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static KeyComparison Make(Cluster? before, Cluster? after, int keys, CancellationToken cancellationToken)
    {
        var comparison = new KeyComparison(keys);
        var places = PlacesOf(before).Concat(PlacesOf(after)).Distinct().ToArray();
        for (var i = 0; i < keys; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var request = RequestOf(i, places);
            var home = HomeOf(before, request);
            var next = HomeOf(after, request);
            Count(comparison._before, home);
            Count(comparison._after, next);
            if (home?.Address != next?.Address) comparison._moved++;
        }

        return comparison;
    }

    /// <summary>The share of a destination before.</summary>
    public double ShareBefore(string id) => (double)_before.GetValueOrDefault(id) / _keys;

    /// <summary>The share of a destination after.</summary>
    public double ShareAfter(string id) => (double)_after.GetValueOrDefault(id) / _keys;

    private static void Count(Dictionary<string, int> counts, Destination? destination)
    {
        if (destination is not null) counts[destination.Id] = counts.GetValueOrDefault(destination.Id) + 1;
    }

    private static Destination? HomeOf(Cluster? cluster, RoutedRequestMessage request)
    {
        if (!GoesByKeys(cluster)) return null;
        var snapshot = cluster!.Snapshot;
        if (snapshot.Affinity is { Way: KeyedAffinity } affinity && affinity.Begin(request, snapshot, statistics: null).Destination is { } kept) return kept;
        return snapshot.Policy is HashPolicy ? snapshot.Pick(request) : null;
    }

    private static IEnumerable<(HashKeySource Source, string Name)> PlacesOf(Cluster? cluster) =>
        cluster?.Snapshot.Options.Hashing?.Key.Select(static k => (k.Source ?? HashKeySource.Custom, k.Name ?? "")) ?? [];

    /// <summary>A request that has a key in every place where one is looked for: another one in each, as those of clients have nothing to do with each other.</summary>
    private static RoutedRequestMessage RequestOf(int number, (HashKeySource Source, string Name)[] places)
    {
        var seed = XxHash64.Mix((ulong)number + 1);
        var key = seed.ToString("x16", CultureInfo.InvariantCulture);
        var request = new RoutedRequestMessage { ClientAddress = AddressOf(seed), HashKey = key, PathAndQuery = "/" + key };
        request.Options.Set(BalancingRequestOptions.AffinityKey, key);
        var cookies = new List<string>();
        var query = new List<string>();
        foreach (var (source, name) in places)
        {
            if (source == HashKeySource.Header && !name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)) request.Headers.TryAddWithoutValidation(name, $"{key}-{name}");
            else if (source == HashKeySource.Cookie) cookies.Add($"{name}={key}-{name}");
            else if (source == HashKeySource.QueryParameter) query.Add($"{name}={key}-{name}");
        }

        if (query.Count > 0) request.PathAndQuery += "?" + string.Join('&', query);
        request.Headers.TryAddWithoutValidation("Cookie", cookies.Count > 0 ? string.Join("; ", cookies) : $"key={key}");
        return request;
    }

    private static IPAddress AddressOf(ulong seed)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)seed);
        return new IPAddress(bytes);
    }
}
