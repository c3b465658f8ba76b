using System.Text.Json;
using System.Text.RegularExpressions;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>Checks JSON against the words of JSON Schema that our schema uses.</summary>
internal sealed class SchemaCheck(JsonElement root)
{
    public static JsonDocumentOptions Lenient { get; } = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static IReadOnlyList<string> Check(string schema, string json)
    {
        using var schemaDocument = JsonDocument.Parse(schema);
        using var document = JsonDocument.Parse(json, Lenient);
        var problems = new List<string>();
        new SchemaCheck(schemaDocument.RootElement).Check(schemaDocument.RootElement, document.RootElement, "", problems);
        return problems;
    }

    private void Check(JsonElement schema, JsonElement value, string path, List<string> problems)
    {
        foreach (var word in schema.EnumerateObject())
        {
            switch (word.Name)
            {
                case "$ref": Check(root.GetProperty("definitions").GetProperty(word.Value.GetString()!["#/definitions/".Length..]), value, path, problems); break;
                case "type": Require(Types(word.Value).Any(t => IsType(t, value)), $"{path}: {word.Value} is expected", problems); break;
                case "enum": Require(word.Value.EnumerateArray().Any(v => JsonElement.DeepEquals(v, value)), $"{path}: one of {word.Value} is expected", problems); break;
                case "pattern": Require(Regex.IsMatch(value.ToString(), word.Value.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)), $"{path}: {word.Value} is expected", problems); break;
                case "minimum": Require(value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= word.Value.GetDecimal(), $"{path}: at least {word.Value}", problems); break;
                case "maximum": Require(value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= word.Value.GetDecimal(), $"{path}: at most {word.Value}", problems); break;
                case "minProperties": Require(value.EnumerateObject().Count() >= word.Value.GetInt32(), $"{path}: is empty", problems); break;
                case "anyOf": Require(word.Value.EnumerateArray().Any(s => Holds(s, value, path)), $"{path}: fits none of {word.Value}", problems); break;
                case "items" when value.ValueKind == JsonValueKind.Array:
                    foreach (var item in value.EnumerateArray()) Check(word.Value, item, path + "[]", problems);
                    break;
                case "properties" when value.ValueKind == JsonValueKind.Object: CheckProperties(schema, value, path, problems); break;
                case "additionalProperties" when value.ValueKind == JsonValueKind.Object && !schema.TryGetProperty("properties", out _): CheckProperties(schema, value, path, problems); break;
                case "items" or "properties" or "additionalProperties" or "$schema" or "title" or "description" or "definitions" or "default" or "format" or "enumDescriptions": break;
                default: throw new NotSupportedException(word.Name);
            }
        }
    }

    private void CheckProperties(JsonElement schema, JsonElement value, string path, List<string> problems)
    {
        foreach (var property in value.EnumerateObject())
        {
            var at = path.Length == 0 ? property.Name : $"{path}:{property.Name}";
            if (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(property.Name, out var known)) Check(known, property.Value, at, problems);
            else if (schema.TryGetProperty("additionalProperties", out var others))
            {
                if (others.ValueKind == JsonValueKind.False) problems.Add($"{at}: is unknown");
                else Check(others, property.Value, at, problems);
            }
        }
    }

    private bool Holds(JsonElement schema, JsonElement value, string path)
    {
        var problems = new List<string>();
        Check(schema, value, path, problems);
        return problems.Count == 0;
    }

    private static void Require(bool holds, string problem, List<string> problems)
    {
        if (!holds) problems.Add(problem);
    }

    private static IEnumerable<string> Types(JsonElement types) => types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().Select(t => t.GetString()!) : [types.GetString()!];

    private static bool IsType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new NotSupportedException(type),
    };
}
