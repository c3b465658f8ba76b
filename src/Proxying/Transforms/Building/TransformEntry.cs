using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>One entry of <see cref="RouteOptions.Transforms"/> while a factory reads it: keeps account of the keys asked for, so that a mistyped one is found.</summary>
public sealed class TransformEntry
{
    private readonly string _path;
    private readonly IReadOnlyDictionary<string, string> _values;
    private readonly ICollection<ConfigError> _errors;
    private readonly List<string> _asked = [];

    internal TransformEntry(string path, string key, IReadOnlyDictionary<string, string> values, ICollection<ConfigError> errors)
    {
        _path = path;
        _values = values;
        _errors = errors;
        Key = key;
        Value = values[key];
        _asked.Add(key);
    }

    /// <summary>The key that names the transform, spelled as its factory does.</summary>
    public string Key { get; }

    /// <summary>The value of <see cref="Key"/>.</summary>
    public string Value { get; }

    /// <summary>Whether something was reported already, so that nothing needs to be built.</summary>
    public bool Failed { get; private set; }

    /// <summary>The value of a setting; <see langword="null"/> where the entry does not have it.</summary>
    public string? Find(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!_asked.Contains(key, StringComparer.OrdinalIgnoreCase)) _asked.Add(key);
        return _values.TryGetValue(key, out var value) ? value : null;
    }

    /// <summary>The value of a setting with named values, matched without regard to case; anything else is reported.</summary>
    /// <param name="key">The setting.</param>
    /// <param name="whenAbsent">The answer where the entry does not have it, or has a value that is none.</param>
    public TEnum FindChoice<TEnum>(string key, TEnum whenAbsent) where TEnum : struct, Enum
    {
        var text = Find(key);
        if (text is null) return whenAbsent;
        var names = Enum.GetNames<TEnum>();
        for (var i = 0; i < names.Length; i++)
        {
            if (names[i].Equals(text, StringComparison.OrdinalIgnoreCase)) return Enum.Parse<TEnum>(names[i]);
        }
        Error(key, $"'{text}' is not one of {string.Join(", ", names)}.{Suggestion(text, names)}");
        return whenAbsent;
    }

    /// <summary>The value of <see cref="Key"/> as a Boolean; anything but <c>true</c> and <c>false</c> is reported and counts as <see langword="false"/>.</summary>
    public bool ReadFlag()
    {
        if (bool.TryParse(Value, out var flag)) return flag;
        Error(Key, $"'{Value}' is neither true nor false.");
        return false;
    }

    /// <summary>Reports what is wrong with a setting. The configuration will be refused.</summary>
    /// <param name="key">The setting; <see langword="null"/> for the entry as a whole.</param>
    /// <param name="message">What is wrong, with the value, and what is allowed.</param>
    public void Error(string? key, string message)
    {
        Failed = true;
        _errors.Add(new ConfigError(key is null ? _path : $"{_path}:{key}", message));
    }

    /// <summary>Reports <paramref name="problem"/> with <paramref name="key"/>, where there is one.</summary>
    internal void Check(string key, string? problem)
    {
        if (problem is not null) Error(key, problem);
    }

    /// <summary>A sentence, with a blank in front, that names what was probably meant; empty when nothing is near.</summary>
    internal static string Suggestion(string text, IEnumerable<string> known) => NearestName.Find(text, known) is { } near ? $" Did you mean {near}?" : "";

    /// <summary>Reads <c>Set</c> or <c>Append</c>, exactly one of which has to be there.</summary>
    internal string ReadSetOrAppend(out bool append)
    {
        var set = Find("Set");
        var appended = Find("Append");
        append = set is null;
        if (set is null == appended is null)
        {
            Error(Key, set is null ? $"{Key} needs Set or Append beside it, with the value." : $"{Key} takes Set or Append, not both.");
        }
        return set ?? appended ?? "";
    }

    /// <summary>Reports every key that nobody asked for.</summary>
    internal void ReportUnknown()
    {
        foreach (var key in _values.Keys)
        {
            if (_asked.Contains(key, StringComparer.OrdinalIgnoreCase)) continue;
            var allowed = _asked.Count == 1 ? "takes no other key" : $"takes {string.Join(", ", _asked.Skip(1))}";
            Error(key, $"Unknown key: {Key} {allowed}.{Suggestion(key, _asked)}");
        }
    }
}
