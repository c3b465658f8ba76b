using System.Globalization;

namespace Net2Secure.Routing.Balancing;

/// <summary>Reads one section of settings strictly: every value that does not fit and every key that nobody asked for becomes an error.</summary>
/// <remarks>
/// No reflection, so that trimming and native AOT leave it whole. The same reading code can run against a <see cref="Record">recording</see> source, which answers nothing and
/// notes what was asked: so the settings a reader knows can be enumerated, and no list of them can fall behind.
/// </remarks>
internal sealed class SectionReader
{
    private readonly SettingsNode? _node;
    private readonly ICollection<ConfigError> _errors;
    private readonly ICollection<SettingInfo>? _record;
    private readonly List<string> _asked = [];

    private SectionReader(SettingsNode? node, string path, ICollection<ConfigError> errors, ICollection<SettingInfo>? record)
    {
        _node = node;
        Path = path;
        _errors = errors;
        _record = record;
    }

    /// <summary>Where the section stands.</summary>
    public string Path { get; }

    /// <summary>Reads a whole section.</summary>
    public static T Read<T>(SettingsNode node, string path, ICollection<ConfigError> errors, Func<SectionReader, T> read)
    {
        var reader = new SectionReader(node, path, errors, record: null);
        var result = read(reader);
        reader.RefuseUnknownKeys();
        return result;
    }

    /// <summary>Tells which settings a reader knows.</summary>
    public static IReadOnlyList<SettingInfo> Record<T>(Func<SectionReader, T> read)
    {
        var record = new List<SettingInfo>();
        read(new SectionReader(node: null, "", [], record));
        return record;
    }

    /// <summary>A text; an empty one counts as not set.</summary>
    public string? Text(string key) => Scalar(key, new SettingInfo("", SettingType.Text), "a text") is { Length: > 0 } text ? text : null;

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool? Boolean(string key)
    {
        if (Scalar(key, new SettingInfo("", SettingType.Boolean), "true or false") is not { } text)
        {
            return null;
        }

        return bool.TryParse(text, out var value) ? value : Refuse<bool>(key, text, "true or false");
    }

    /// <summary>A whole number.</summary>
    public int? Integer(string key, NumberRange range) => (int?)Long(key, range);

    /// <summary>A whole number of 64 bits.</summary>
    public long? Long(string key, NumberRange range)
    {
        if (Scalar(key, new SettingInfo("", SettingType.Number, Numbers: range), range.ToString()) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && range.Contains(value)
            ? value
            : Refuse<long>(key, text, range.ToString());
    }

    /// <summary>A list of whole numbers.</summary>
    public List<int> Integers(string key, NumberRange range)
    {
        var list = new List<int>();
        foreach (var item in Items(key, new SettingInfo("", SettingType.List)))
        {
            if (item.Children.Count == 0 && int.TryParse(item.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && range.Contains(value)) list.Add(value);
            else _errors.Add(new ConfigError(Path.Below(key).Below(item.Key), $"'{item.Value}' is not allowed: {range} is expected."));
        }

        Note(key, new SettingInfo("[]", SettingType.Number, Numbers: range));
        return list;
    }

    /// <summary>A duration in .NET's constant form, <c>[d.]hh:mm:ss[.fffffff]</c>.</summary>
    public TimeSpan? Duration(string key, DurationRange range)
    {
        var allowed = $"a duration as hours:minutes:seconds, {range}";
        if (Scalar(key, new SettingInfo("", SettingType.Duration, Durations: range), allowed) is not { } text)
        {
            return null;
        }

        // A bare number would be days to TimeSpan: nobody means that.
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var value) && range.Contains(value)
            ? value
            : Refuse<TimeSpan>(key, text, allowed);
    }

    /// <summary>One of the names of an enumeration.</summary>
    public TEnum? Word<TEnum>(string key)
        where TEnum : struct, Enum
        => Word(key, Enum.GetNames<TEnum>()) is { } name ? Enum.Parse<TEnum>(name) : null;

    /// <summary>One of a fixed set of words.</summary>
    /// <returns>The word as <paramref name="allowed"/> spells it.</returns>
    public string? Word(string key, IReadOnlyList<string> allowed)
    {
        if (Scalar(key, new SettingInfo("", SettingType.Word, allowed), "one of: " + string.Join(", ", allowed)) is not { Length: > 0 } text)
        {
            return null;
        }

        return Canonical(text, allowed, Path.Below(key));
    }

    /// <summary>Some of a fixed set of words: a list, or a text with commas between them.</summary>
    public IReadOnlyList<string>? Words(string key, IReadOnlyList<string> allowed)
    {
        if (Ask(key, new SettingInfo("", SettingType.Words, allowed)) is not { Exists: true } node)
        {
            return null;
        }

        var words = new List<string>();
        if (node.Children.Count == 0)
        {
            foreach (var part in node.Value!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                AddWord(words, part, allowed, Path.Below(key));
            }
        }

        foreach (var item in node.Children)
        {
            AddWord(words, item.Value ?? "", allowed, Path.Below(key).Below(item.Key));
        }

        return words;
    }

    /// <summary>An absolute <c>http</c> or <c>https</c> URL.</summary>
    public Uri? Url(string key)
    {
        if (Scalar(key, new SettingInfo("", SettingType.Url), "an absolute http or https URL") is not { Length: > 0 } text)
        {
            return null;
        }

        if (HttpAddress.Problem(text) is { } problem)
        {
            _errors.Add(new ConfigError(Path.Below(key), problem));
            return null;
        }

        return new Uri(text, UriKind.Absolute);
    }

    /// <summary>A version of HTTP, with or without a minor part.</summary>
    public Version? Version(string key, IReadOnlyList<string> allowed)
    {
        if (Scalar(key, new SettingInfo("", SettingType.Version, allowed), "one of: " + string.Join(", ", allowed)) is not { Length: > 0 } text)
        {
            return null;
        }

        foreach (var candidate in allowed)
        {
            if (string.Equals(text, candidate, StringComparison.Ordinal))
            {
                return System.Version.Parse(text.Contains('.', StringComparison.Ordinal) ? text : text + ".0");
            }
        }

        _errors.Add(new ConfigError(Path.Below(key), $"'{text}' is not allowed: one of {string.Join(", ", allowed)} is expected."));
        return null;
    }

    /// <summary>A list of texts.</summary>
    public List<string> Texts(string key, bool allowEmpty = false)
    {
        var list = new List<string>();
        foreach (var item in Items(key, new SettingInfo("", SettingType.List)))
        {
            var path = Path.Below(key).Below(item.Key);
            if (item.Children.Count > 0)
            {
                _errors.Add(new ConfigError(path, "is a section; a text is expected."));
            }
            else if (string.IsNullOrEmpty(item.Value) && !allowEmpty)
            {
                _errors.Add(new ConfigError(path, "is empty; a text is expected."));
            }
            else
            {
                list.Add(item.Value ?? "");
            }
        }

        Note(key, new SettingInfo("[]", SettingType.Text));
        return list;
    }

    /// <summary>Texts by names that the user chooses.</summary>
    public Dictionary<string, string> TextMap(string key)
    {
        var map = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var child in Entries(key))
        {
            AddText(map, child, Path.Below(key));
        }

        Note(key, new SettingInfo("*", SettingType.Text));
        return map;
    }

    /// <summary>A list of sets of texts, whose keys somebody else judges.</summary>
    public List<IReadOnlyDictionary<string, string>> TextMaps(string key)
    {
        var list = new List<IReadOnlyDictionary<string, string>>();
        foreach (var item in Items(key, new SettingInfo("", SettingType.List)))
        {
            var path = Path.Below(key).Below(item.Key);
            var map = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            if (!string.IsNullOrEmpty(item.Value))
            {
                _errors.Add(new ConfigError(path, $"'{item.Value}' is a text; a set of keys and values is expected, such as {{ \"PathPrefix\": \"/api\" }}."));
            }

            foreach (var child in item.Children)
            {
                AddText(map, child, path);
            }

            // An item that is wrong keeps its place, so that the paths of later errors stay true.
            list.Add(map);
        }

        Note(key, new SettingInfo("[]", SettingType.Map));
        Note(key, new SettingInfo("[]:*", SettingType.Text));
        return list;
    }

    /// <summary>A section with settings of its own.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="mayBeEmpty">An empty one says something too: that all of its settings are as they are by default. The configuration of .NET tells <c>{}</c> from <c>null</c> no more.</param>
    /// <param name="mayBeSecret">What stands in its place by mistake is not shown.</param>
    public T? Section<T>(string key, Func<SectionReader, T> read, bool mayBeEmpty = false, bool mayBeSecret = false)
        where T : class
    {
        var node = Ask(key, new SettingInfo("", SettingType.Section));
        if (_record is not null)
        {
            read(new SectionReader(node: null, Path.Below(key), _errors, _record));
            return null;
        }

        return node is not null && (mayBeEmpty || node.Exists) && IsNoText(node, Path.Below(key), "a section", mayBeSecret) ? Read(node, Path.Below(key), _errors, read) : null;
    }

    /// <summary>A list of sections.</summary>
    public List<T> List<T>(string key, Func<SectionReader, T> read)
    {
        var list = new List<T>();
        foreach (var item in Items(key, new SettingInfo("", SettingType.List)))
        {
            var path = Path.Below(key).Below(item.Key);
            if (IsNoText(item, path, "a section"))
            {
                list.Add(Read(item, path, _errors, read));
            }
        }

        RecordEach(key, "[]", read);
        return list;
    }

    /// <summary>Sections by names that the user chooses.</summary>
    public Dictionary<string, T> Map<T>(string key, Func<SectionReader, string, T> read)
    {
        var map = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        foreach (var child in Entries(key))
        {
            var path = Path.Below(key).Below(child.Key);
            if (IsNoText(child, path, "a section"))
            {
                map.Add(child.Key, Read(child, path, _errors, reader => read(reader, child.Key)));
            }
        }

        RecordEach(key, "*", reader => read(reader, "*"));
        return map;
    }

    /// <summary>A key that somebody else reads: not unknown here. What it holds is not looked at.</summary>
    /// <returns>Whether it is there.</returns>
    public bool Reserve(string key) => Ask(key, new SettingInfo("", SettingType.Map)) is { Exists: true };

    /// <summary>A key that is refused with a message of its own, because people are known to write it.</summary>
    public void Refuse(string key, string message)
    {
        if (_node?.Find(key) is not null)
        {
            _asked.Add(key);
            _errors.Add(new ConfigError(Path.Below(key), message));
        }
    }

    /// <summary>Something that is wrong with what was read.</summary>
    public void Report(string key, string message) => _errors.Add(new ConfigError(Path.Below(key), message));

    private void AddWord(List<string> words, string text, IReadOnlyList<string> allowed, string path)
    {
        if (Canonical(text, allowed, path) is { } word)
        {
            words.Add(word);
        }
    }

    private string? Canonical(string text, IReadOnlyList<string> allowed, string path)
    {
        foreach (var word in allowed)
        {
            if (string.Equals(word, text, StringComparison.OrdinalIgnoreCase))
            {
                return word;
            }
        }

        var near = NearestName.Find(text, allowed) is { } name ? $" Did you mean '{name}'?" : "";
        _errors.Add(new ConfigError(path, $"'{text}' is not allowed: one of {string.Join(", ", allowed)} is expected.{near}"));
        return null;
    }

    private T? Refuse<T>(string key, string text, string allowed)
        where T : struct
    {
        _errors.Add(new ConfigError(Path.Below(key), $"'{text}' is not allowed: {allowed} is expected."));
        return null;
    }

    private void AddText(Dictionary<string, string> map, SettingsNode child, string path)
    {
        if (child.Children.Count > 0)
        {
            _errors.Add(new ConfigError(path.Below(child.Key), "is a section; a text is expected."));
        }
        else
        {
            map[child.Key] = child.Value ?? "";
        }
    }

    private SettingsNode? Ask(string key, SettingInfo info)
    {
        _asked.Add(key);
        Note(key, info);
        return _node?.Find(key);
    }

    private void Note(string key, SettingInfo info)
        => _record?.Add(info with { Path = info.Path.Length == 0 ? Path.Below(key) : Path.Below(key).Below(info.Path) });

    private void RecordEach<T>(string key, string item, Func<SectionReader, T> read)
    {
        if (_record is not null)
        {
            Note(key, new SettingInfo(item, SettingType.Section));
            read(new SectionReader(node: null, Path.Below(key).Below(item), _errors, _record));
        }
    }

    private string? Scalar(string key, SettingInfo info, string allowed)
    {
        if (Ask(key, info) is not { } node)
        {
            return null;
        }

        if (node.Children.Count > 0)
        {
            _errors.Add(new ConfigError(Path.Below(key), $"is a section or a list; {allowed} is expected."));
            return null;
        }

        return node.Value;
    }

    private IReadOnlyList<SettingsNode> Items(string key, SettingInfo info)
    {
        if (Ask(key, info) is not { } node || !IsNoText(node, Path.Below(key), "a list"))
        {
            return [];
        }

        foreach (var item in node.Children)
        {
            if (!int.TryParse(item.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                _errors.Add(new ConfigError(Path.Below(key), $"is a section with the key '{item.Key}'; a list is expected."));
                return [];
            }
        }

        return node.Children;
    }

    private IReadOnlyList<SettingsNode> Entries(string key)
        => Ask(key, new SettingInfo("", SettingType.Map)) is { } node && IsNoText(node, Path.Below(key), "a section") ? node.Children : [];

    // An empty text is how configuration hands over an empty section or list.
    private bool IsNoText(SettingsNode node, string path, string expected, bool mayBeSecret = false)
    {
        if (string.IsNullOrEmpty(node.Value))
        {
            return true;
        }

        _errors.Add(new ConfigError(path, $"{(mayBeSecret ? "what is there (not shown here, as it may hold a password)" : $"'{node.Value}'")} is a text; {expected} is expected."));
        return false;
    }

    private void RefuseUnknownKeys()
    {
        foreach (var child in _node!.Children)
        {
            if (!_asked.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            {
                _errors.Add(new ConfigError(Path.Below(child.Key), $"is unknown. {NearestName.Remedy(child.Key, _asked)}"));
            }
        }
    }
}
