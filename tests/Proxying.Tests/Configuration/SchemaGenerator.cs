using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>Makes the JSON schema out of the settings that the reader knows, the types that hold them, and their documentation.</summary>
internal sealed partial class SchemaGenerator
{
    /// <summary>What <see cref="SectionReader.Duration"/> reads.</summary>
    public const string DurationPattern = @"^(\d+\.)?([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,7})?$";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SettingsCatalogue _settings = new();

    public static string Generate()
    {
        var generator = new SchemaGenerator();
        var root = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "Configuration of a Net2Secure.Routing proxy",
            ["description"] = "A file with a section Net2Proxy; other sections, such as Kestrel and Logging, are ASP.NET Core's.",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["$schema"] = new JsonObject { ["type"] = "string", ["description"] = "This schema, for editors; the proxy does not read it." },
                ["Net2Proxy"] = new JsonObject { ["$ref"] = "#/definitions/net2proxy" },
            },
            ["definitions"] = new JsonObject { ["net2proxy"] = generator.Section("", "Routes, clusters, and what the proxy as a whole does."), ["transform"] = new TransformSchema(generator._settings.Documentation).Create() },
        };
        return root.ToJsonString(Format).ReplaceLineEndings("\n") + "\n";
    }

    private JsonObject Section(string path, string? description)
    {
        var properties = new JsonObject();
        foreach (var key in _settings.ChildrenOf(path)) properties[key] = Setting(path.Length == 0 ? key : $"{path}:{key}");
        var section = new JsonObject { ["type"] = "object" };
        if (description is not null) section["description"] = description;
        section["properties"] = properties;
        section["additionalProperties"] = false;
        return section;
    }

    private JsonObject Setting(string path)
    {
        var (info, type, text, _) = _settings[path];
        var schema = info.Type switch
        {
            SettingType.Section => Section(path, null),
            SettingType.Map => Map(path),
            SettingType.List => path.EndsWith(":Transforms", StringComparison.Ordinal)
                ? new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = "#/definitions/transform" } }
                : new JsonObject { ["type"] = "array", ["items"] = Setting(path + ":[]") },
            SettingType.Text => Text(path),
            // As a text too, which files of YARP's have.
            SettingType.Boolean => new JsonObject { ["enum"] = new JsonArray(true, false, "true", "false") },
            SettingType.Number => Number(info.Numbers!.Value),
            SettingType.Duration => new JsonObject { ["type"] = "string", ["pattern"] = DurationPattern },
            SettingType.Word => Word(info, type),
            SettingType.Version => new JsonObject { ["enum"] = Strings(info.Allowed!) },
            SettingType.Url => new JsonObject { ["type"] = "string", ["format"] = "uri", ["pattern"] = "^https?://" },
            SettingType.Words => new JsonObject
            {
                ["anyOf"] = new JsonArray(
                    new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["enum"] = Strings(info.Allowed!) } },
                    new JsonObject { ["type"] = "string", ["description"] = "Several with commas between them." }),
            },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        Describe(schema, info, text?.Plain);
        return schema;
    }

    private JsonObject Map(string path)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (_settings.TryGet(path + ":*") is not { } item) return schema;
        schema["additionalProperties"] = item.Info.Type == SettingType.Text
            ? new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") }
            : Section(path + ":*", item.Text?.Plain);
        return schema;
    }

    private static JsonObject Text(string path) => OpenNames.Find(path) is { } names
        ? new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["enum"] = Strings(names) }, new JsonObject { ["type"] = "string" }) }
        : new JsonObject { ["type"] = "string" };

    private static JsonObject Number(NumberRange range)
    {
        var schema = new JsonObject { ["type"] = "integer", ["minimum"] = range.Min };
        if (range.Max != long.MaxValue) schema["maximum"] = range.Max;
        return schema;
    }

    private JsonObject Word(SettingInfo info, Type? type)
    {
        var schema = new JsonObject { ["enum"] = Strings(info.Allowed!) };
        if (type is not null && (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } words && _settings.Documentation.Knows(words))
            schema["enumDescriptions"] = Strings(info.Allowed!.Select(word => _settings.Documentation.Of(words.GetField(word)!).Plain));
        return schema;
    }

    private static void Describe(JsonObject schema, SettingInfo info, string? description)
    {
        if (description is null) return;
        schema["description"] = description;
        if (DefaultOf(info.Type, description) is { } value) schema["default"] = value;
    }

    private static JsonNode? DefaultOf(SettingType type, string description)
    {
        var match = DefaultValue().Match(description);
        if (!match.Success) return null;
        var text = match.Groups["value"].Value;
        return type switch
        {
            SettingType.Boolean when bool.TryParse(text, out var flag) => JsonValue.Create(flag),
            SettingType.Number when long.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            SettingType.Duration when DurationOf(text) is { } duration => JsonValue.Create(duration.ToString("c", CultureInfo.InvariantCulture)),
            SettingType.Text or SettingType.Word or SettingType.Version when !text.Contains(' ', StringComparison.Ordinal) && text is not ("none" or "all" or "Path") => JsonValue.Create(text),
            _ => null,
        };
    }

    private static TimeSpan? DurationOf(string text) => text.Split(' ') is [var number, var unit] && double.TryParse(number, CultureInfo.InvariantCulture, out var count)
        ? unit switch
        {
            "ms" => TimeSpan.FromMilliseconds(count),
            "s" => TimeSpan.FromSeconds(count),
            "min" => TimeSpan.FromMinutes(count),
            "h" => TimeSpan.FromHours(count),
            _ => null,
        }
        : null;

    private static JsonArray Strings(IEnumerable<string> values) => [.. values.Select(v => JsonValue.Create(v))];

    [GeneratedRegex(@"Default: (?<value>(?:[^,;:(]|(?<=[0-9]),(?=[0-9]{3}))+?)(?:,(?![0-9]{3})|;|:(?=\s)|\.(?:\s|$))", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DefaultValue();
}
