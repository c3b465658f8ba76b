using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Net2Secure.Routing.Proxying;

/// <summary>Fields of a destination's response on their way into the one of the client.</summary>
internal static class ReceivedFields
{
    public static StringValues Find(HttpResponseMessage response, string name)
        => Find(TransformFields.IsContentField(name) ? response.Content.Headers : response.Headers, name);

    public static StringValues Find(HttpHeaders fields, string name)
        => fields.NonValidated.TryGetValues(name, out var values) ? RequestTransform.ToStringValues(values) : default;

    public static void Append(IHeaderDictionary target, string name, StringValues values)
    {
        var clean = values;
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i] ?? "";
            var line = TransformFields.OneLine(value);
            if (ReferenceEquals(line, value)) continue;
            clean = CleanAll(values);
            break;
        }
        if (clean.Count > 0) target[name] = StringValues.Concat(target[name], clean);
    }

    private static StringValues CleanAll(StringValues values)
    {
        var lines = new string?[values.Count];
        for (var i = 0; i < lines.Length; i++) lines[i] = TransformFields.OneLine(values[i] ?? "");
        return lines;
    }
}
