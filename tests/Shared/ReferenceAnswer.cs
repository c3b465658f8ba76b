using System.Text.RegularExpressions;

namespace Net2Secure.Routing.Testing;

/// <summary>
/// How an answer to a GET reads, by RFC 9112 and the strictness that the transport promises: a second opinion, written for plainness, on whole texts instead of
/// streams. Text is Latin-1.
/// </summary>
internal static partial class ReferenceAnswer
{
    private const int MostInterims = 16;

    /// <summary>Reads what a connection brought up to its end.</summary>
    /// <returns>Status and body; <see langword="null"/>: it is no complete answer.</returns>
    public static (int Status, string Body)? Read(string wire)
    {
        for (var interims = 0; interims <= MostInterims; interims++)
        {
            if (ReadHead(ref wire) is not { } head) return null;
            if (head.Status == 101) return null;
            if (head.Status >= 200) return ReadBody(head, wire) is { } body ? (head.Status, body) : null;
        }

        return null;
    }

    /// <summary>The fields of an answer that is complete, each line of its own, with folds and control characters as one blank.</summary>
    /// <param name="wire">What a connection brought, of which <see cref="Read"/> makes an answer.</param>
    public static IEnumerable<(string Name, string Value)> Fields(string wire)
    {
        while (ReadHead(ref wire) is { } head)
        {
            if (head.Status >= 200) return head.Fields;
        }

        return [];
    }

    /// <summary>A value as it may be told apart from others: blanks are as good as one.</summary>
    public static string Plain(string value) => Blanks().Replace(value, " ").Trim(' ');

    private static Head? ReadHead(ref string rest)
    {
        if (TakeLine(ref rest) is not { } line) return null;
        var status = StatusLine().Match(line);
        if (!status.Success || status.Groups["code"].Value[0] == '0') return null;
        var head = new Head(int.Parse(status.Groups["code"].Value, System.Globalization.CultureInfo.InvariantCulture));
        while (true)
        {
            if (TakeLine(ref rest) is not { } field) return null;
            if (field.Length == 0) return head;
            while (rest.StartsWith(' ') || rest.StartsWith('\t'))
            {
                if (TakeLine(ref rest) is not { } more) return null;
                field = field.TrimEnd(' ', '\t') + " " + more.TrimStart(' ', '\t');
            }

            if (!TakeField(field, head)) return null;
        }
    }

    private static bool TakeField(string line, Head head)
    {
        var match = Field().Match(line);
        if (!match.Success) return false;
        var value = match.Groups["value"].Value.Trim(' ', '\t');
        if (value.AsSpan().IndexOfAny('\0', '\r', '\n') >= 0) return false;
        head.Fields.Add((match.Groups["name"].Value, Plain(value)));
        switch (match.Groups["name"].Value.ToUpperInvariant())
        {
            case "CONTENT-LENGTH":
                foreach (var member in value.Split(',').Select(m => m.Trim(' ', '\t')))
                {
                    if (!Digits().IsMatch(member) || !long.TryParse(member, System.Globalization.CultureInfo.InvariantCulture, out var length)) return false;
                    if (head.Length is { } known && known != length) return false;
                    head.Length = length;
                }

                return true;
            case "TRANSFER-ENCODING":
                if (head.IsChunked || !value.Equals("chunked", StringComparison.OrdinalIgnoreCase)) return false;
                head.IsChunked = true;
                return true;
            default:
                return true;
        }
    }

    private static string? ReadBody(Head head, string rest)
    {
        if (head.Status is 204 or 304) return "";
        if (head.IsChunked) return ReadChunks(rest);
        if (head.Length is not { } length) return rest;
        return rest.Length >= length ? rest[..(int)length] : null;
    }

    private static string? ReadChunks(string rest)
    {
        var body = "";
        while (true)
        {
            var size = Chunk().Match(rest);
            if (!size.Success || size.Groups["extension"].Length > 16 * 1024 || !long.TryParse(size.Groups["size"].Value, System.Globalization.NumberStyles.HexNumber, null, out var length) || length < 0) return null;
            rest = rest[size.Length..];
            if (length == 0) return HasSoundTrailers(rest) ? body : null;
            if (rest.Length < length + 2 || rest.Substring((int)length, 2) != "\r\n") return null;
            body += rest[..(int)length];
            rest = rest[((int)length + 2)..];
        }
    }

    private static bool HasSoundTrailers(string rest)
    {
        while (true)
        {
            var end = rest.IndexOfAny(['\r', '\n']);
            if (end < 0 || !rest.AsSpan(end).StartsWith("\r\n")) return false;
            if (end == 0) return true;
            // In a trailer no field decides anything.
            var field = Field().Match(rest[..end]);
            if (!field.Success || field.Groups["value"].Value.Contains('\0', StringComparison.Ordinal)) return false;
            rest = rest[(end + 2)..];
        }
    }

    private static string? TakeLine(ref string rest)
    {
        var end = rest.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0) return null;
        var line = rest[..end];
        rest = rest[(end + 1)..];
        return line.EndsWith('\r') ? line[..^1] : line;
    }

    [GeneratedRegex(@"\AHTTP/1\.[0-9] (?<code>[0-9]{3})(?: .*)?\z", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StatusLine();

    [GeneratedRegex(@"\A(?<name>[!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*:(?<value>.*)\z", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();

    [GeneratedRegex(@"[\x01-\x20\x7f]+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\A[0-9]{1,19}\z", RegexOptions.None, 1000)]
    private static partial Regex Digits();

    [GeneratedRegex(@"\A(?<size>[0-9A-Fa-f]{1,16})(?<extension>;[^\r\n\0]*)?\r\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Chunk();

    private sealed class Head(int status)
    {
        public int Status { get; } = status;

        public List<(string Name, string Value)> Fields { get; } = [];

        public long? Length { get; set; }

        public bool IsChunked { get; set; }
    }
}
