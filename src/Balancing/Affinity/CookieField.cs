using System.Text;

namespace Net2Secure.Routing.Balancing;

/// <summary>Reads cookies off requests (RFC 6265 §4.2.1), as clients send them, good or not, without copying.</summary>
internal static class CookieField
{
    private const string Name = "Cookie";

    /// <summary>The lines of the field; there may be several over HTTP/2 (RFC 9113 §8.2.3).</summary>
    public static bool TryGet(HttpRequestMessage request, out System.Net.Http.Headers.HeaderStringValues lines) => request.Headers.NonValidated.TryGetValues(Name, out lines);

    /// <summary>The next value of a cookie in a line, from a position on. Names of cookies are compared with regard to case.</summary>
    public static bool TryNext(ReadOnlySpan<char> line, string name, ref int position, out ReadOnlySpan<char> value)
    {
        while (position < line.Length)
        {
            var rest = line[position..];
            var end = rest.IndexOf(';');
            var pair = (end < 0 ? rest : rest[..end]).Trim(" \t");
            position += end < 0 ? rest.Length : end + 1;
            if (!IsNamed(pair, name)) continue;
            value = pair[(name.Length + 1)..];
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Takes all cookies of a name off a request; the others stay as they are.</summary>
    public static void Remove(HttpRequestMessage request, string name)
    {
        if (!TryGet(request, out var lines)) return;
        var left = new StringBuilder();
        foreach (var line in lines)
        {
            foreach (var part in line.AsSpan().Split(';'))
            {
                var pair = line.AsSpan()[part].Trim(" \t");
                if (pair.IsEmpty || IsNamed(pair, name)) continue;
                if (left.Length > 0) left.Append("; ");
                left.Append(pair);
            }
        }

        request.Headers.Remove(Name);
        if (left.Length > 0) request.Headers.TryAddWithoutValidation(Name, left.ToString());
    }

    private static bool IsNamed(ReadOnlySpan<char> pair, string name) =>
        pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.Ordinal);
}
