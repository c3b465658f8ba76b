using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Forwarding;

/// <summary>Copies the end-to-end fields of a response to the client's.</summary>
internal static class ResponseHeaderCopier
{
    public static void Copy(HttpResponseMessage source, HttpResponse target)
    {
        var connection = ConnectionOptions(source.Headers.NonValidated);
        CopyFields(source.Headers.NonValidated, target.Headers, connection);
        CopyFields(source.Content.Headers.NonValidated, target.Headers, connection);
    }

    /// <summary>Copies trailer fields, but those that must not come behind a body.</summary>
    public static void CopyTrailers(HttpResponseHeaders source, IHeaderDictionary target)
    {
        foreach (var (name, values) in source.NonValidated)
        {
            if (!TrailerFields.IsForbidden(name)) Set(target, name, ToStringValues(values));
        }
    }

    /// <summary>Takes away what a destination reports of its load, which is not the client's business.</summary>
    public static void HideReportedLoad(IHeaderDictionary target)
    {
        target.Remove(LoadReportParser.FieldName);
        target.Remove(LoadReportParser.BinaryFieldName);
    }

    /// <summary>The values of <c>Connection</c>, where they name fields.</summary>
    public static StringValues ConnectionOptions(in HttpHeadersNonValidated headers)
    {
        if (!headers.TryGetValues("Connection", out var values)) return default;
        var options = ToStringValues(values);
        return HopByHopFields.NamesFields(options) ? options : default;
    }

    /// <summary>Adds a line, behind those of the field that are there.</summary>
    public static void Add(IHeaderDictionary target, string name, string value)
    {
        try
        {
            if (!target.TryAdd(name, value)) target.Append(name, value);
        }
        catch (InvalidOperationException)
        {
            target.Append(name, Cleaned(value));
        }
    }

    private static void CopyFields(in HttpHeadersNonValidated source, IHeaderDictionary target, in StringValues connection)
    {
        foreach (var (name, values) in source)
        {
            if (IsNotCopied(name) || (connection.Count > 0 && HopByHopFields.IsNamedBy(connection, name))) continue;
            Set(target, name, ToStringValues(values));
        }
    }

    private static StringValues ToStringValues(in HeaderStringValues values)
    {
        if (values.Count <= 1) return values.ToString();
        var all = new string[values.Count];
        var i = 0;
        foreach (var value in values) all[i++] = value;
        return all;
    }

    private static void Set(IHeaderDictionary target, string name, in StringValues values)
    {
        try
        {
            target[name] = values;
        }
        catch (InvalidOperationException)
        {
            // The server refuses control characters in a value. A blank in their place is what RFC 9110 §5.5 asks of a recipient.
            target[name] = Cleaned(values);
        }
    }

    private static StringValues Cleaned(in StringValues values)
    {
        var cleaned = new string[values.Count];
        for (var i = 0; i < cleaned.Length; i++)
            cleaned[i] = string.Create(values[i]!.Length, values[i]!, static (span, value) =>
            {
                for (var j = 0; j < span.Length; j++) span[j] = value[j] is (< ' ' and not '\t') or '\x7f' or > '\xff' ? ' ' : value[j];
            });
        return cleaned;
    }

    private static bool IsNotCopied(string name) =>
        HopByHopFields.IsHopByHop(name)
        // A demand for credentials between this proxy and the destination is not the client's business.
        || (name.Length == 18 && name.Equals("Proxy-Authenticate", StringComparison.OrdinalIgnoreCase));
}
