using System.Text;

namespace Net2Secure.Routing.Proxying;

/// <summary>The field names and values of the last response of a connection, by position, so that what recurs is not made again.</summary>
/// <remarks>Answers of one server come with the same fields in the same order, and most of their values change seldom. Bounded: <see cref="MaxFields"/> fields, values up to
/// <see cref="MaxValueLength"/> characters. Not thread-safe.</remarks>
internal sealed class FieldMemory
{
    private const int MaxFields = 32;
    private const int MaxValueLength = 256;

    private Entry[] _entries = [];

    /// <summary>Reads a field line: from memory where it is the same as last time at this position.</summary>
    public void Read(int index, ReadOnlySpan<byte> line, out string name, out string value, out FieldRole role)
    {
        if (index < _entries.Length && _entries[index].Name is { } known && line.Length > known.Length && line[known.Length] == ':' &&
            Ascii.EqualsIgnoreCase(line[..known.Length], known))
        {
            ref var entry = ref _entries[index];
            name = known;
            role = entry.Role;
            var bytes = line[(known.Length + 1)..].Trim(" \t"u8);
            if (Ascii.Equals(bytes, entry.Value))
            {
                value = entry.Value;
                return;
            }

            value = FieldLine.Value(bytes);
            if (value.Length <= MaxValueLength) entry.Value = value;
            return;
        }

        ReadNew(index, line, out name, out value, out role);
    }

    private void ReadNew(int index, ReadOnlySpan<byte> line, out string name, out string value, out FieldRole role)
    {
        FieldLine.Split(line, out var nameBytes, out var valueBytes);
        var found = KnownField.Find(nameBytes);
        name = found?.Name ?? Encoding.Latin1.GetString(nameBytes);
        role = found?.Role ?? FieldRole.None;
        value = FieldLine.Value(valueBytes);
        if (index >= MaxFields || value.Length > MaxValueLength || name.Length > MaxValueLength) return;
        if (index >= _entries.Length) Array.Resize(ref _entries, Math.Min(MaxFields, Math.Max(8, index * 2)));
        _entries[index] = new Entry { Name = name, Value = value, Role = role };
    }

    private struct Entry
    {
        public string Name;
        public string Value;
        public FieldRole Role;
    }
}
