using System.Collections.Frozen;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>The kinds of stores that a configuration may put behind the one in memory, by the names of their sections.</summary>
internal sealed class StoreKinds
{
    // What comes in a package of ours: whoever names it without having it is told what to do.
    private static readonly FrozenDictionary<string, string> Packages = new Dictionary<string, string>
    {
        ["Postgres"] = "is a kind of store that this application does not have. Reference the package Net2Secure.Routing.Caching.Postgres, and call services.AddNet2PostgresResponseCacheKind().",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly IResponseCacheKind[] _kinds;

    /// <exception cref="InvalidOperationException">A name is there twice, or is that of a section of ours.</exception>
    public StoreKinds(IEnumerable<IResponseCacheKind> kinds)
    {
        _kinds = [.. kinds];
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { nameof(CacheStoreSettings.Memory), nameof(CacheStoreSettings.Disk), nameof(CacheStoreSettings.Tiers) };
        foreach (var kind in _kinds)
        {
            if (string.IsNullOrEmpty(kind.Name) || kind.Name.Contains(':', StringComparison.Ordinal) || !names.Add(kind.Name))
                throw new InvalidOperationException($"The kind of store {kind.GetType().Name} cannot be called '{kind.Name}': the name has to be that of a section, without a colon, and of no other kind.");
        }
    }

    /// <summary>None: every section of a kind is refused.</summary>
    public static StoreKinds None { get; } = new([]);

    /// <summary>Reads the sections of all kinds.</summary>
    public List<ChosenStore> Read(Balancing.SectionReader reader)
    {
        var chosen = new List<ChosenStore>();
        foreach (var kind in _kinds)
        {
            if (Read(reader, kind) is { } store) chosen.Add(store);
        }

        foreach (var (name, message) in Packages)
        {
            if (!Array.Exists(_kinds, kind => string.Equals(kind.Name, name, StringComparison.OrdinalIgnoreCase))) reader.Refuse(name, message);
        }

        return chosen;
    }

    private static ChosenStore? Read(Balancing.SectionReader reader, IResponseCacheKind kind)
    {
        try
        {
            return reader.Section(
                kind.Name,
                section =>
                {
                    var settings = new StoreKindSettings(section);
                    var store = kind.Read(settings);
                    return new ChosenStore(kind.Name, settings.Written, store);
                },
                mayBeEmpty: true,
                mayBeSecret: true);
        }
        catch (Exception e)
        {
            // Code of the application, on the thread that watches a file.
            reader.Report(kind.Name, $"could not be read: {kind.GetType().Name} threw {e.GetType().Name}: {e.Message}");
            return null;
        }
    }
}
