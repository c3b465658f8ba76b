using System.Text;
using System.Text.Json;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads one section of a JSON file as settings. Comments and trailing commas are allowed, a key twice is not.</summary>
internal static class JsonSettingsFile
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="path">The file.</param>
    /// <param name="section">The key at its top level.</param>
    /// <param name="errors">Takes keys that are there twice or cannot be.</param>
    /// <exception cref="ProxyConfigException">The file is not there, cannot be read, is no JSON or has no such section.</exception>
    public static SettingsNode Read(string path, string section, ICollection<ConfigError> errors)
    {
        ReadOnlyMemory<byte> content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Failure(path, "the file is not there. Check the path, which is relative to the content root of the application.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Failure(path, $"the file cannot be read: {exception.Message}", exception);
        }

        return Parse(content, path, section, errors);
    }

    /// <summary>Reads the content of a file, or what could be one.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="section">The key at its top level.</param>
    /// <param name="errors">Takes keys that are there twice or cannot be.</param>
    /// <exception cref="ProxyConfigException">It is no JSON or has no such section.</exception>
    public static SettingsNode Parse(ReadOnlyMemory<byte> content, string path, string section, ICollection<ConfigError> errors)
    {
        if (content.Span.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }

        if (content.Span.IndexOfAnyExcept(" \t\r\n\0"u8) < 0)
        {
            throw Failure(path, $"the file is empty. To stop all routes, write {{ \"{section}\": {{ \"Routes\": {{}} }} }}.", exception: null);
        }

        if (!System.Text.Unicode.Utf8.IsValid(content.Span) && FirstInvalidByte(content.Span) is var at)
        {
            var before = content.Span[..at];
            throw Failure(path, $"the file is not UTF-8: line {before.Count((byte)'\n') + 1}, byte {at - before.LastIndexOf((byte)'\n')}. Save it as UTF-8.", exception: null);
        }

        try
        {
            using var document = JsonDocument.Parse(content, Options);
            return Section(document.RootElement, path, section, errors);
        }
        catch (JsonException exception)
        {
            throw Failure(path, $"the file is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw Failure(path, $"the file holds an escape (\\u) that is half a character: {exception.Message}", exception);
        }
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> content)
    {
        for (var at = 0; at < content.Length;)
        {
            if (Rune.DecodeFromUtf8(content[at..], out _, out var length) != System.Buffers.OperationStatus.Done) return at;
            at += length;
        }

        return -1;
    }

    private static SettingsNode Section(JsonElement root, string path, string section, ICollection<ConfigError> errors)
    {
        SettingsNode? found = null;
        if (root.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in root.EnumerateObject())
            {
                if (string.Equals(property.Name, section, StringComparison.OrdinalIgnoreCase))
                {
                    if (found is not null)
                    {
                        errors.Report(section, "is there twice in the file.");
                        continue;
                    }

                    found = Node(property.Name, property.Value, section, errors);
                }
            }
        }

        return found ?? throw Failure(path, $"the file has no \"{section}\" at its top level: {{ \"{section}\": {{ \"Routes\": {{ … }}, \"Clusters\": {{ … }} }} }} is expected.", exception: null);
    }

    private static SettingsNode Node(string key, JsonElement element, string path, ICollection<ConfigError> errors)
    {
        var node = new SettingsNode(key, Text(element));
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                var childPath = path.Below(property.Name);
                if (property.Name.Contains(':', StringComparison.Ordinal))
                {
                    errors.Report(childPath, "is not allowed: a key cannot hold a colon, which separates keys in paths and in other sources.");
                }
                else if (!node.TryAdd(Node(property.Name, property.Value, childPath, errors)))
                {
                    errors.Report(childPath, "is there twice; keys are compared without regard to case.");
                }
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray())
            {
                var itemKey = index.ToString(System.Globalization.CultureInfo.InvariantCulture);
                node.TryAdd(Node(itemKey, item, path.Below(itemKey), errors));
                index++;
            }
        }

        return node;
    }

    private static string? Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => element.GetRawText(),

        // As the configuration of .NET has it: an empty section or list is an empty text, null is nothing.
        JsonValueKind.Object => element.EnumerateObject().MoveNext() ? null : "",
        JsonValueKind.Array => element.GetArrayLength() > 0 ? null : "",
        _ => null,
    };

    private static ProxyConfigException Failure(string path, string message, Exception? exception) => new(new ConfigError(path, message), exception);
}
