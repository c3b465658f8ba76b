using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Caching;

/// <summary>The field lines of a message, wherever they are kept: in a message of <see cref="HttpClient"/> or in the store. Reads raw values only.</summary>
/// <remarks>
/// The typed collections of the framework are no help to a cache: they drop a whole <c>Cache-Control</c> whose max-age is beyond 2^31, use the last of two, check weekdays, and are silent about it all.
/// </remarks>
internal readonly struct FieldView
{
    private readonly HttpHeaders? _headers;
    private readonly HttpHeaders? _contentHeaders;
    private readonly IReadOnlyList<FieldLine>? _lines;
    private readonly IDictionary<string, StringValues>? _values;

    public FieldView(IReadOnlyList<FieldLine> lines) => _lines = lines;

    /// <param name="values">The lines of each field, by its name in any case: as a web server keeps those of a request.</param>
    public FieldView(IDictionary<string, StringValues> values) => _values = values;

    public FieldView(HttpRequestMessage request) => (_headers, _contentHeaders) = (request.Headers, request.Content?.Headers);

    public FieldView(HttpResponseMessage response) => (_headers, _contentHeaders) = (response.Headers, response.Content.Headers);

    /// <summary>Whether there is a line of this field.</summary>
    public bool Contains(string name) => First(name) is not null;

    /// <summary>The value of the first line of a field; <see langword="null"/> without one.</summary>
    public string? First(string name)
    {
        if (_lines is not null)
        {
            for (var i = 0; i < _lines.Count; i++)
            {
                if (_lines[i].Is(name)) return _lines[i].Value;
            }

            return null;
        }

        if (_values is not null) return _values.TryGetValue(name, out var lines) && lines.Count > 0 ? lines[0] ?? "" : null;
        if (!TryGetValues(name, out var values)) return null;
        foreach (var value in values) return value;
        return "";
    }

    /// <summary>All lines of a field as the one list that they are (RFC 9110 §5.3); <see langword="null"/> without one.</summary>
    public string? Joined(string name)
    {
        if (_lines is not null) return JoinedLines(name);
        if (_values is not null) return _values.TryGetValue(name, out var lines) && lines.Count > 0 ? lines.Count == 1 ? lines[0] ?? "" : string.Join(", ", lines.AsEnumerable()) : null;
        if (!TryGetValues(name, out var values)) return null;
        if (values.Count <= 1) return First(name);
        var joined = new StringBuilder();
        foreach (var value in values) Append(joined, value);
        return joined.ToString();
    }

    /// <summary>The value of a field whose lines all say the same; <see langword="null"/> without a line, and when lines differ.</summary>
    public string? Single(string name, out bool differs)
    {
        differs = false;
        string? single = null;
        if (_lines is not null)
        {
            for (var i = 0; i < _lines.Count; i++)
            {
                if (_lines[i].Is(name)) single = OneOf(single, _lines[i].Value, ref differs);
            }
        }
        else if (_values is not null)
        {
            if (_values.TryGetValue(name, out var lines)) foreach (var value in lines) single = OneOf(single, value ?? "", ref differs);
        }
        else if (TryGetValues(name, out var values))
        {
            foreach (var value in values) single = OneOf(single, value, ref differs);
        }

        return differs ? null : single;
    }

    private static string OneOf(string? single, string value, ref bool differs)
    {
        differs |= single is not null && single != value;
        return value;
    }

    private string? JoinedLines(string name)
    {
        string? first = null;
        StringBuilder? joined = null;
        for (var i = 0; i < _lines!.Count; i++)
        {
            if (!_lines[i].Is(name)) continue;
            if (first is null) first = _lines[i].Value;
            else Append(joined ??= new StringBuilder(first), _lines[i].Value);
        }

        return joined?.ToString() ?? first;
    }

    private static void Append(StringBuilder joined, string value)
    {
        if (joined.Length > 0) joined.Append(", ");
        joined.Append(value);
    }

    private bool TryGetValues(string name, out HeaderStringValues values)
    {
        values = default;
        return (_headers is not null && _headers.NonValidated.TryGetValues(name, out values))
            || (_contentHeaders is not null && _contentHeaders.NonValidated.TryGetValues(name, out values));
    }
}
