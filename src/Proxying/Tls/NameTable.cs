using System.Collections.Frozen;

namespace Net2Secure.Routing.Proxying.Tls;

/// <summary>Finds what stands for a host: under its own name first, then under <c>*.</c> and what follows its first label.</summary>
internal sealed class NameTable<T>
    where T : class
{
    private readonly FrozenDictionary<string, T> _exact;
    private readonly FrozenDictionary<string, T>.AlternateLookup<ReadOnlySpan<char>> _byDomain;

    /// <param name="entries">What stands for which name; wildcards begin with <c>*.</c>.</param>
    public NameTable(IEnumerable<KeyValuePair<string, T>> entries)
    {
        var all = entries.ToList();
        _exact = all.Where(e => !IsWildcard(e.Key)).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _byDomain = all.Where(e => IsWildcard(e.Key)).ToFrozenDictionary(static e => e.Key[2..], static e => e.Value, StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        Count = all.Count;
    }

    public int Count { get; }

    public T? Find(string name)
    {
        if (_exact.TryGetValue(name, out var found)) return found;
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byDomain.TryGetValue(name.AsSpan(dot + 1), out found) ? found : null;
    }

    private static bool IsWildcard(string name) => name.StartsWith("*.", StringComparison.Ordinal);
}
