using System.Text.Json.Nodes;

namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>The part of the schema for entries of <c>Transforms</c>.</summary>
internal sealed class TransformSchema(SchemaDocumentation documentation)
{
    private static readonly string[] Flags =
        [TransformNames.RequestHeadersCopy, TransformNames.RequestHeaderOriginalHost, TransformNames.ResponseHeadersCopy, TransformNames.ResponseTrailersCopy];

    public JsonObject Create()
    {
        var properties = new JsonObject();
        foreach (var name in typeof(TransformNames).GetFields())
        {
            var key = (string)name.GetRawConstantValue()!;
            var schema = Flags.Contains(key) ? new JsonObject { ["enum"] = new JsonArray("true", "false", true, false) }
                : key == TransformNames.XForwarded ? Enumeration<ForwardedTransformActions>()
                : new JsonObject { ["type"] = "string" };
            schema["description"] = documentation.Of(name).Plain;
            properties[key] = schema;
        }

        Add(properties, "Set", Value(), "The value that takes the place of what is there; an empty one removes a field. Beside a transform that sets or appends.");
        Add(properties, "Append", Value(), "The value that is added behind what is there. Beside a transform that sets or appends.");
        Add(properties, "When", Enumeration<ResponseCondition>(), "Which responses are changed. Beside ResponseHeader, ResponseHeaderRemove, ResponseTrailer and ResponseTrailerRemove. Default: Success.");
        foreach (var part in new[] { "For", "Proto", "Host", "Prefix" }) Add(properties, part, Enumeration<ForwardedTransformActions>(), $"What to do with {part}. Beside X-Forwarded. Default: the value of X-Forwarded.");
        Add(properties, "HeaderPrefix", Value(), "What the names of all four fields begin with. Beside X-Forwarded. Default: X-Forwarded-.");
        Add(properties, "ForFormat", Enumeration<NodeFormat>(), "How the client is named. Beside Forwarded. Default: Random.");
        Add(properties, "ByFormat", Enumeration<NodeFormat>(), "How the address that the client connected to is named. Beside Forwarded. Default: Random.");
        Add(properties, "Action", Enumeration<ForwardedTransformActions>(), "What to do with the field. Beside Forwarded. Default: Set.");
        return new JsonObject
        {
            ["type"] = "object",
            ["description"] = "One change: the key that names it, with its settings beside it. Keys of an application's own are allowed.",
            ["minProperties"] = 1,
            ["properties"] = properties,
            ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
        };
    }

    private static void Add(JsonObject properties, string key, JsonObject schema, string description)
    {
        schema["description"] = description;
        properties[key] = schema;
    }

    private static JsonObject Value() => new() { ["type"] = new JsonArray("string", "number", "boolean") };

    private static JsonObject Enumeration<TEnum>()
        where TEnum : struct, Enum => new() { ["enum"] = new JsonArray([.. Enum.GetNames<TEnum>().Select(n => JsonValue.Create(n))]) };
}
