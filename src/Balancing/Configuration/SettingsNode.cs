using Microsoft.Extensions.Configuration;

namespace Net2Secure.Routing.Balancing;

/// <summary>Settings as a tree of keys and texts, whatever they were read from. Keys are compared without regard to case.</summary>
/// <remarks>
/// A copy taken once: the parts of an <see cref="IConfiguration"/> may change between two questions, a tree does not. Questions to an <see cref="IConfiguration"/> also cost
/// a walk over all its keys each, which a file with thousands of routes would feel.
/// </remarks>
internal sealed class SettingsNode(string key, string? value)
{
    private readonly List<SettingsNode> _children = [];
    private Dictionary<string, SettingsNode>? _byKey;

    /// <summary>The key as the user wrote it.</summary>
    public string Key { get; } = key;

    /// <summary>The text, or null for a section, a list, and a JSON null.</summary>
    public string? Value { get; } = value;

    /// <summary>In the order of the source; items of a list by number.</summary>
    public IReadOnlyList<SettingsNode> Children => _children;

    /// <summary>Whether there is anything at all.</summary>
    public bool Exists => Value is not null || _children.Count > 0;

    /// <returns>False if there is such a key already.</returns>
    public bool TryAdd(SettingsNode child)
    {
        _byKey ??= new Dictionary<string, SettingsNode>(StringComparer.OrdinalIgnoreCase);
        if (!_byKey.TryAdd(child.Key, child))
        {
            return false;
        }

        _children.Add(child);
        return true;
    }

    public SettingsNode? Find(string key) => _byKey is not null && _byKey.TryGetValue(key, out var child) ? child : null;

    /// <summary>Whether both hold the same keys and texts, whatever the order of keys.</summary>
    public bool SameAs(SettingsNode other)
    {
        if (!string.Equals(Value, other.Value, StringComparison.Ordinal) || _children.Count != other._children.Count)
        {
            return false;
        }

        foreach (var child in _children)
        {
            // Names that the user chose are identifiers, whose spelling shows in logs: a change of case is a change.
            if (other.Find(child.Key) is not { } counterpart || !string.Equals(counterpart.Key, child.Key, StringComparison.Ordinal) || !child.SameAs(counterpart))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Copies a section and all below it.</summary>
    public static SettingsNode From(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration as IConfigurationSection;
        var node = new SettingsNode(section?.Key ?? "", section?.Value);
        foreach (var child in configuration.GetChildren())
        {
            node.TryAdd(From(child));
        }

        return node;
    }
}
