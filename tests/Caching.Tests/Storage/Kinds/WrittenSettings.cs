using System.Reflection;

namespace Net2Secure.Routing.Caching.Tests.Storage;

/// <summary>A section of settings as a kind of store reads it, and what it reported.</summary>
internal sealed class WrittenSettings(IReadOnlyDictionary<string, object> values) : ResponseCacheSettings
{
    /// <summary>What was asked for.</summary>
    public HashSet<string> Asked { get; } = new(StringComparer.Ordinal);

    public List<(string Key, string Message)> Reported { get; } = [];

    /// <summary>Keys that are refused with a message of their own.</summary>
    public Dictionary<string, string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Every setting of some options, with a value that is neither its default nor that of another.</summary>
    public static WrittenSettings AllOf<T>(params string[] except)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var property in typeof(T).GetProperties().Where(p => !except.Contains(p.Name)))
        {
            var next = values.Count + 1;
            values[property.Name] = property.PropertyType == typeof(string) ? $"text{next}"
                : property.PropertyType == typeof(TimeSpan) ? TimeSpan.FromSeconds(60 + next) : (object)(long)(1024 * 1024 * next + next);
        }

        return new WrittenSettings(values);
    }

    /// <summary>Whether the options have all that was written, each under its name.</summary>
    public void AssertIn(object options)
    {
        foreach (var (name, value) in values)
        {
            var found = options.GetType().GetProperty(name, BindingFlags.Public | BindingFlags.Instance)!.GetValue(options);
            Assert.True(value.Equals(found is int number ? (long)number : found), $"{name} is {found} and not {value}.");
        }
    }

    public override string? Text(string key) => Find<string>(key, out var text) ? text : null;

    public override bool? Boolean(string key) => Find<bool>(key, out var flag) ? flag : null;

    public override long? Number(string key, long min, long max) => Find<long>(key, out var number) ? number : null;

    public override TimeSpan? Duration(string key, TimeSpan min, TimeSpan max) => Find<TimeSpan>(key, out var duration) ? duration : null;

    public override void Refuse(string key, string message) => Refused[key] = message;

    public override void Report(string key, string message) => Reported.Add((key, message));

    private bool Find<T>(string key, out T value)
    {
        Asked.Add(key);
        var isThere = values.TryGetValue(key, out var found);
        value = isThere ? (T)found! : default!;
        return isThere;
    }
}
