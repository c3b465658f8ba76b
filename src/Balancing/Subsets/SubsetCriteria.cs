using System.Runtime.CompilerServices;

namespace Net2Secure.Routing.Balancing;

/// <summary>What one request chooses by, put together without allocating: keys, sorted, and their values.</summary>
internal ref struct SubsetCriteria
{
    public const int Most = DestinationSubset.MostKeys + SubsetRules.MostHeaders;

    private Texts _keys;
    private Texts _values;

    public int Count { get; private set; }

    public readonly string Value(int index) => _values[index];

    /// <summary>Puts a criterion in its place. One that is there already stays: what a route says counts more than what a client says.</summary>
    public void Add(string key, string value)
    {
        var at = Count;
        for (; at > 0; at--)
        {
            var order = StringComparer.OrdinalIgnoreCase.Compare(_keys[at - 1], key);
            if (order == 0) return;
            if (order < 0) break;
        }

        for (var i = Count; i > at; i--) (_keys[i], _values[i]) = (_keys[i - 1], _values[i - 1]);
        (_keys[at], _values[at]) = (key, value);
        Count++;
    }

    public void Add(ReadOnlySpan<KeyValuePair<string, string>> criteria)
    {
        foreach (var (key, value) in criteria) Add(key, value);
    }

    public readonly bool HasKeys(string[] keys)
    {
        if (keys.Length != Count) return false;
        for (var i = 0; i < keys.Length; i++)
        {
            if (!string.Equals(keys[i], _keys[i], StringComparison.OrdinalIgnoreCase)) return false;
        }

        return true;
    }

    public readonly string[] Keys()
    {
        var keys = new string[Count];
        for (var i = 0; i < keys.Length; i++) keys[i] = _keys[i];
        return keys;
    }

    public override readonly string ToString()
    {
        var criteria = new string[Count];
        for (var i = 0; i < criteria.Length; i++) criteria[i] = $"{_keys[i]}={_values[i]}";
        return string.Join(", ", criteria);
    }

    [InlineArray(Most)]
    private struct Texts
    {
        private string _first;
    }
}
