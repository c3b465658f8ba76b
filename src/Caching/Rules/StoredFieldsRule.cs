using System.Net.Http.Headers;

namespace Net2Secure.Routing.Caching;

/// <summary>Chooses the field lines that are kept of a response (RFC 9111 §3.1).</summary>
internal static class StoredFieldsRule
{
    /// <summary>All end-to-end field lines of a response, in their order and as they came.</summary>
    public static List<FieldLine> Collect(HttpResponseMessage response)
    {
        var lines = new List<FieldLine>(16);
        var connection = new FieldView(response).Joined(FieldNames.Connection);
        Add(lines, response.Headers.NonValidated, connection);
        Add(lines, response.Content.Headers.NonValidated, connection);
        return lines;
    }

    /// <summary>The lines without those of the fields that <c>no-cache="…"</c> names.</summary>
    public static List<FieldLine> WithoutListed(List<FieldLine> lines, string? list) => list is null ? lines : lines.FindAll(line => !IsListed(list, line.Name));

    /// <summary>Whether a field belongs to one connection, or is between this cache and its neighbour, and is never stored.</summary>
    public static bool IsExcluded(string name) => name.Length switch
    {
        2 => Is(name, "TE"),
        7 => Is(name, "Upgrade"),
        10 => Is(name, "Connection") || Is(name, "Keep-Alive"),
        14 => Is(name, "HTTP2-Settings"),
        16 => Is(name, "Proxy-Connection"),
        17 => Is(name, "Transfer-Encoding"),
        18 => Is(name, "Proxy-Authenticate"),
        19 => Is(name, "Proxy-Authorization"),
        25 => Is(name, "Proxy-Authentication-Info"),
        _ => false,
    };

    /// <summary>Whether a list of names, as in <c>Connection</c>, has this one.</summary>
    public static bool IsListed(string? list, string name)
    {
        if (list is null) return false;
        var names = new ListReader(list);
        while (names.MoveNext())
        {
            if (names.Current.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static void Add(List<FieldLine> lines, in HttpHeadersNonValidated headers, string? connection)
    {
        foreach (var (name, values) in headers)
        {
            // A connection cannot have the length of the message taken away.
            if (IsExcluded(name) || (IsListed(connection, name) && !Is(name, FieldNames.ContentLength))) continue;
            foreach (var value in values) lines.Add(new FieldLine(name, value));
        }
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
