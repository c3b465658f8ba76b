using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>A store behind the one in memory, of a kind that somebody contributes. Equal to another of the same kind with the same settings.</summary>
/// <param name="kind">The name of the kind.</param>
/// <param name="settings">What was read, as one text.</param>
/// <param name="store">What makes it.</param>
internal sealed class ChosenStore(string kind, string settings, ChosenResponseCache store) : IEquatable<ChosenStore>
{
    private readonly string _settings = settings;

    public string Kind => kind;

    public ChosenResponseCache Store => store;

    public bool Equals(ChosenStore? other) => other is not null && Kind == other.Kind && _settings == other._settings;

    public override bool Equals(object? obj) => Equals(obj as ChosenStore);

    public override int GetHashCode() => HashCode.Combine(Kind, _settings);
}
