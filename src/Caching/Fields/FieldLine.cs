namespace Net2Secure.Routing.Caching;

/// <summary>One field line of a message, as it came: neither parsed, nor joined with others, nor put in another case.</summary>
/// <param name="Name">The name. Names are compared without regard to case.</param>
/// <param name="Value">The value; octets above 0x7F are one character each.</param>
public readonly record struct FieldLine(string Name, string Value)
{
    /// <summary>Whether the line is of this field.</summary>
    /// <param name="name">A field name, in any case.</param>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
