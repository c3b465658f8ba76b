using System.Globalization;
using System.Text.RegularExpressions;

namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>
/// What a client meant, read anew and by another method than the proxy's: whole text at once, by the grammar of RFC 9112. It stops at the first thing that is not by the book.
/// </summary>
internal static partial class ReferenceReading
{
    /// <summary>One request that is complete and in order.</summary>
    internal sealed record Request(string Method, string Target, string Body);

    /// <summary>All requests at the front of the text that leave no doubt.</summary>
    public static List<Request> Of(string text)
    {
        var requests = new List<Request>();
        while (true)
        {
            while (text.StartsWith("\r\n", StringComparison.Ordinal)) text = text[2..];
            var match = Head().Match(text);
            if (!match.Success) return requests;
            var fields = match.Groups["name"].Captures.Zip(match.Groups["value"].Captures, (name, value) => (Name: name.Value.ToLowerInvariant(), Value: value.Value.Trim(' ', '\t'))).ToLookup(f => f.Name, f => f.Value);
            var rest = text[match.Length..];
            if (!TryReadBody(fields, match.Groups["minor"].Value, ref rest, out var body)) return requests;
            requests.Add(new(match.Groups["method"].Value, match.Groups["target"].Value, body));
            var options = fields["connection"].SelectMany(value => value.Split(',')).Select(option => option.Trim(' ', '\t').ToLowerInvariant()).ToArray();
            if (options.Contains("close") || (match.Groups["minor"].Value == "0" && !options.Contains("keep-alive"))) return requests;
            text = rest;
        }
    }

    private static bool TryReadBody(ILookup<string, string> fields, string minor, ref string rest, out string body)
    {
        body = "";
        var (lengths, codings) = (fields["content-length"].ToArray(), fields["transfer-encoding"].ToArray());
        if (fields["host"].Count() > 1 || (minor == "1" && !fields["host"].Any())) return false;
        if (lengths.Length + codings.Length > 1 || (codings.Length > 0 && (minor == "0" || !codings[0].Equals("chunked", StringComparison.OrdinalIgnoreCase)))) return false;
        if (codings.Length > 0) return TryReadChunks(ref rest, out body);
        if (lengths.Length == 0) return true;
        if (lengths[0].Length == 0 || !lengths[0].All(char.IsAsciiDigit) || !int.TryParse(lengths[0], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > rest.Length) return false;
        (body, rest) = (rest[..length], rest[length..]);
        return true;
    }

    private static bool TryReadChunks(ref string rest, out string body)
    {
        body = "";
        while (true)
        {
            var line = ChunkLine().Match(rest);
            if (!line.Success || !int.TryParse(line.Groups["size"].Value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size)) return false;
            rest = rest[line.Length..];
            if (size == 0) break;
            if (size < 0 || rest.Length < size + 2 || rest[size] != '\r' || rest[size + 1] != '\n') return false;
            (body, rest) = (body + rest[..size], rest[(size + 2)..]);
        }

        var trailers = Trailers().Match(rest);
        if (!trailers.Success) return false;
        rest = rest[trailers.Length..];
        return true;
    }

    private const string Token = @"[!#$%&'*+\-.^_`|~0-9A-Za-z]";
    private const string Field = @"(?<name>" + Token + @"+):(?<value>[\t\x20-\x7e\x80-\xff]*)\r\n";

    [GeneratedRegex(@"\A(?<method>" + Token + @"+) (?<target>[\x21\x22\x24-\x7e]+) HTTP/1\.(?<minor>[01])\r\n(?:" + Field + @")*\r\n", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Head();

    [GeneratedRegex(@"\A(?<size>[0-9A-Fa-f]{1,16})(;[\t\x20-\x7e\x80-\xff]*)?\r\n", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ChunkLine();

    [GeneratedRegex(@"\A(?:" + Field + @")*\r\n", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Trailers();
}
