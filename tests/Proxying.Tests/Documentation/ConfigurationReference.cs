using System.Text;
using System.Text.RegularExpressions;
using Net2Secure.Routing.Balancing;
using Net2Secure.Routing.Proxying.Tests.Configuration;

namespace Net2Secure.Routing.Proxying.Tests.Documentation;

/// <summary>Makes the tables of <c>docs/configuration.md</c> out of the settings that the reader knows, the classes that hold them, and their documentation. What stands around the tables is written by hand.</summary>
/// <remarks>A table stands between <c>&lt;!-- settings of PATH --&gt;</c> and <c>&lt;!-- end of settings --&gt;</c>, and has what is below that path and in no table of its own.</remarks>
internal sealed partial class ConfigurationReference
{
    private const string Root = "Net2Proxy";

    private readonly SettingsCatalogue _settings = new();
    private readonly List<string> _problems = [];
    private readonly Dictionary<string, List<DocumentedSetting>> _tables = new(StringComparer.Ordinal);

    private ConfigurationReference(string page)
    {
        foreach (var path in Table().Matches(page).Select(static m => m.Groups["path"].Value))
        {
            if (path != Root && _settings.TryGet(path) is null) _problems.Add($"A table is to have the settings of {path}, which nobody reads.");
            else if (!_tables.TryAdd(path, [])) _problems.Add($"Two tables are to have the settings of {path}.");
        }

        foreach (var setting in _settings.All)
        {
            // What the items of a list or map are is said of the list or map.
            if (setting.Info.Path.EndsWith('*') || setting.Info.Path.EndsWith(']')) continue;
            if (TableFor(setting.Info.Path) is { } table) table.Add(setting);
            else _problems.Add($"{setting.Info.Path} is in no table.");
        }
    }

    /// <summary>The page with its tables made anew.</summary>
    /// <param name="page">The page as it is.</param>
    /// <param name="problems">Settings without a table, and documentation that says something else than the code does.</param>
    public static string Generate(string page, out IReadOnlyList<string> problems)
    {
        var reference = new ConfigurationReference(page);
        var generated = Table().Replace(page, m => reference._tables.ContainsKey(m.Groups["path"].Value) ? $"{m.Groups["begin"].Value}{reference.Write(m.Groups["path"].Value)}{m.Groups["end"].Value}" : m.Value);
        problems = reference._problems;
        return generated;
    }

    private static string NameOf(string path)
    {
        var cut = path.IndexOf(':', StringComparison.Ordinal);
        var name = cut < 0 ? path : path[(cut + 1)..];
        return (name.StartsWith("*:", StringComparison.Ordinal) ? name[2..] : name).Replace(":[]", "[]", StringComparison.Ordinal);
    }

    private List<DocumentedSetting>? TableFor(string path)
    {
        for (var cut = path.LastIndexOf(':'); cut >= 0; cut = path.LastIndexOf(':', cut - 1))
        {
            if (_tables.TryGetValue(path[..cut], out var table)) return table;
        }

        return path.Contains(':', StringComparison.Ordinal) ? null : _tables.GetValueOrDefault(Root);
    }

    private string Write(string path)
    {
        var text = new StringBuilder("\n| setting | takes | default | meaning |\n|---|---|---|---|\n");
        foreach (var setting in _tables[path])
        {
            var description = new SettingDescription(setting, _problems);
            text.Append($"| `{NameOf(setting.Info.Path)}` | {Takes(setting.Info)} | {description.Default} | {description.Meaning} |\n");
        }

        return text.Append('\n').ToString();
    }

    private string Takes(SettingInfo info) => info.Type switch
    {
        SettingType.Section => "section",
        SettingType.Map => _settings.TryGet(info.Path + ":*") is { Info.Type: SettingType.Section } ? "sections by name" : "texts by name",
        SettingType.List => "list of " + Items(_settings[info.Path + ":[]"].Info),
        SettingType.Text when OpenNames.Find(info.Path) is { } names => $"text, such as {Words(names)}",
        SettingType.Text => "text",
        SettingType.Boolean => "true or false",
        SettingType.Number => "number" + RangeText.Of(info),
        SettingType.Duration => "duration" + RangeText.Of(info),
        SettingType.Word or SettingType.Version => Words(info.Allowed!),
        SettingType.Url => "URL",
        SettingType.Words => $"list or text of {Words(info.Allowed!)}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Items(SettingInfo item) => item.Type switch
    {
        SettingType.Section => "sections",
        SettingType.Map => "texts by name",
        SettingType.Number => "numbers" + RangeText.Of(item),
        SettingType.Text when OpenNames.Find(item.Path) is { } names => $"texts, such as {Words(names)}",
        SettingType.Text => "texts",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Words(IEnumerable<string> words) => string.Join(", ", words.Select(static w => $"`{w}`"));

    [GeneratedRegex(@"(?<begin><!-- settings of (?<path>\S+) -->\n)(?<table>.*?)(?<end><!-- end of settings -->)", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Table();
}
