using System.Globalization;
using System.Reflection;
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

    private static readonly Dictionary<string, (Type? Type, string Description)> Sections = new(StringComparer.Ordinal)
    {
        ["Routes"] = (typeof(Dictionary<string, RouteOptions>), "The routes by name: which requests are taken, what is changed in them, and which cluster answers."),
        ["Clusters"] = (typeof(Dictionary<string, ProxyClusterOptions>), "The clusters by name: groups of servers that can answer the same requests."),
        ["LocalZone"] = (null, "The zone (rack, data centre) in which the proxy runs, for clusters that name none. Default: that of UseLocalZone, or none."),
        ["Tls"] = (typeof(TlsOptions), "TLS at the public face."),
        ["Forwarding"] = (typeof(ForwardingOptions), "How the proxy as a whole forwards."),
        ["Dashboard"] = (typeof(DashboardOptions), "The dashboard of the proxy. Read when the application starts."),
        ["Tcp"] = (typeof(Dictionary<string, TcpListenerOptions>), "Ports that are passed through, by name."),
        ["Shielding"] = (typeof(ShieldingOptions), "Whom the proxy trusts and lets in, and what it hides."),
        ["AccessLog"] = (typeof(AccessLogOptions), "The access log: one line per request."),
        ["Explain"] = (typeof(ExplainOptions), "Decision records: why requests went where they went."),
        ["Cache"] = (typeof(ResponseCaching.CacheStoreSettings), "The store of the response cache."),
    };

    // Stores that are contributed to the section Cache: what the application does in code, it says in its options.
    private static readonly Dictionary<string, Type> Stores = new(StringComparer.Ordinal)
    {
        ["Cache:Distributed"] = typeof(Caching.DistributedResponseCacheOptions),
        ["Cache:Postgres"] = typeof(Caching.Postgres.PostgresResponseCacheOptions),
    };

    // Names that the user may add to: completed, but not enforced.
    private static readonly Dictionary<string, IEnumerable<string>> OpenNames = new(StringComparer.Ordinal)
    {
        ["LoadBalancingPolicy"] = ProxyConfigNames.BuiltIn.Cluster.LoadBalancing,
        ["SessionAffinity:Policy"] = ProxyConfigNames.BuiltIn.Cluster.Affinity,
        ["Discovery:Source"] = ProxyConfigNames.BuiltIn.Cluster.Discovery,
        ["SessionAffinity:FailurePolicy"] = ProxyConfigNames.BuiltIn.Cluster.AffinityFailure,
        ["HealthCheck:AvailableDestinationsPolicy"] = ProxyConfigNames.BuiltIn.Health.AvailableDestinations,
        ["Active:Probe"] = ProxyConfigNames.BuiltIn.Health.Probes,
        ["Active:Policy"] = ProxyConfigNames.BuiltIn.Health.Active,
        ["Passive:Policy"] = ProxyConfigNames.BuiltIn.Health.Passive,
        ["AuthorizationPolicy"] = ["Default", "Anonymous"],
        ["RateLimiterPolicy"] = ["Default", "Disable"],
        ["CorsPolicy"] = ["Default", "Disable"],
        ["TimeoutPolicy"] = ["Disable"],
        ["Via"] = ["off"],
        ["Methods:[]"] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        ["UpgradeProtocols:[]"] = ["websocket"],
    };

    private readonly SchemaDocumentation _documentation = new();
    private readonly Dictionary<string, SettingInfo> _settings = ContributedStores.KnownSettings().ToDictionary(s => s.Path, StringComparer.Ordinal);

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
            ["definitions"] = new JsonObject { ["net2proxy"] = generator.Section("", null, "Routes, clusters, and what the proxy as a whole does."), ["transform"] = new TransformSchema(generator._documentation).Create() },
        };
        return root.ToJsonString(Format).ReplaceLineEndings("\n") + "\n";
    }

    private JsonObject Section(string path, Type? type, string? description)
    {
        var properties = new JsonObject();
        foreach (var key in ChildrenOf(path))
        {
            var property = type?.GetProperty(key);
            var isStore = Stores.TryGetValue($"{path}:{key}", out var store);
            var (child, text) = path.Length == 0 ? Sections[key] : isStore ? (store, _documentation.Of(store!)) : (property?.PropertyType, property is null ? null : _documentation.Of(property));
            Assert.True(path.Length == 0 || isStore || property is not null, $"{path}:{key} is read, but {type} has no such property.");
            properties[key] = Setting(path.Length == 0 ? key : $"{path}:{key}", child, text);
        }

        var section = new JsonObject { ["type"] = "object" };
        if (description is not null) section["description"] = description;
        section["properties"] = properties;
        section["additionalProperties"] = false;
        return section;
    }

    private JsonObject Setting(string path, Type? type, string? description)
    {
        var info = _settings[path];
        var schema = info.Type switch
        {
            SettingType.Section => Section(path, type, null),
            SettingType.Map => Map(path, type),
            SettingType.List => path.EndsWith(":Transforms", StringComparison.Ordinal)
                ? new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = "#/definitions/transform" } }
                : new JsonObject { ["type"] = "array", ["items"] = Setting(path + ":[]", ItemOf(type), null) },
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
        Describe(schema, info, description);
        return schema;
    }

    private JsonObject Map(string path, Type? type)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (!_settings.TryGetValue(path + ":*", out var item)) return schema;
        schema["additionalProperties"] = item.Type == SettingType.Text
            ? new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") }
            : Section(path + ":*", ItemOf(type), ItemOf(type) is { } itemType ? _documentation.Of(itemType) : null);
        return schema;
    }

    private static JsonObject Text(string path)
    {
        foreach (var (end, names) in OpenNames)
        {
            if (!path.EndsWith(":" + end, StringComparison.Ordinal)) continue;
            return new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["enum"] = Strings(names) }, new JsonObject { ["type"] = "string" }) };
        }

        return new JsonObject { ["type"] = "string" };
    }

    private static JsonObject Number(NumberRange range)
    {
        var schema = new JsonObject { ["type"] = "integer", ["minimum"] = range.Min };
        if (range.Max != long.MaxValue) schema["maximum"] = range.Max;
        return schema;
    }

    private JsonObject Word(SettingInfo info, Type? type)
    {
        var schema = new JsonObject { ["enum"] = Strings(info.Allowed!) };
        if (type is not null && (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } words && _documentation.Knows(words))
            schema["enumDescriptions"] = Strings(info.Allowed!.Select(word => _documentation.Of(words.GetField(word)!)));
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

    private IEnumerable<string> ChildrenOf(string path)
    {
        var start = path.Length == 0 ? 0 : path.Length + 1;
        return _settings.Keys.Where(k => (path.Length == 0 || k.StartsWith(path + ":", StringComparison.Ordinal)) && k.IndexOf(':', start) < 0).Select(k => k[start..]);
    }

    private static Type? ItemOf(Type? type) => type is { IsGenericType: true } ? type.GetGenericArguments()[^1] : null;

    private static JsonArray Strings(IEnumerable<string> values) => [.. values.Select(v => JsonValue.Create(v))];

    [GeneratedRegex(@"Default: (?<value>(?:[^,;:(]|(?<=[0-9]),(?=[0-9]{3}))+?)(?:,(?![0-9]{3})|;|:(?=\s)|\.(?:\s|$))", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DefaultValue();
}
