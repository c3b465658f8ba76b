using System.Globalization;
using System.Text;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Caching;

namespace Net2Secure.Routing.Proxying.ResponseCaching;

/// <summary>A section of a configuration, for a kind of store that somebody contributes; takes note of what it says.</summary>
internal sealed class StoreKindSettings(SectionReader reader) : ResponseCacheSettings
{
    private readonly StringBuilder _read = new();

    /// <summary>What was read, as one text.</summary>
    public string Written => _read.ToString();

    public override string? Text(string key) => Note(key, reader.Text(key));

    public override bool? Boolean(string key) => Note(key, reader.Boolean(key));

    public override long? Number(string key, long min, long max) => Note(key, reader.Long(key, new NumberRange(min, max)));

    public override TimeSpan? Duration(string key, TimeSpan min, TimeSpan max) => Note(key, reader.Duration(key, new DurationRange(min, max)));

    public override void Refuse(string key, string message) => reader.Refuse(key, message);

    public override void Report(string key, string message) => reader.Report(key, message);

    private T Note<T>(string key, T value)
    {
        if (value is not null) _read.Append(CultureInfo.InvariantCulture, $"{key}={value}\n");
        return value;
    }
}
