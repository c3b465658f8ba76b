namespace Net2Secure.Routing.Caching;

/// <summary>One of the request fields that a stored response was chosen by (RFC 9111 §4.1).</summary>
/// <param name="Name">The name, in lower case.</param>
/// <param name="Value">What the request had there, normalised; <see langword="null"/>: it had no such field.</param>
public readonly record struct SelectingField(string Name, string? Value);
