using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Net2Secure.Routing.Proxying;

/// <summary>One route value, decoded or as the client escaped it.</summary>
/// <remarks>
/// Routing hands out decoded values, in which <c>%2F</c> and <c>%252F</c> look alike. Decoding does not move the slashes, though: the n-th segment of the template is the n-th of
/// the path as sent. So the value is looked up there, and taken if it reads as routing read it. If not (dot segments were resolved, middleware set the value, it is
/// a default), the decoded value is escaped in full, <c>%</c> included: an escape too many at worst, never a separator that was none.
/// </remarks>
internal sealed class RouteValueSource(string name, int segmentIndex, RoutePatternPathSegment? segment, RoutePatternParameterPart? parameter)
{
    /// <summary>The decoded value; <see langword="null"/> or empty where there is none.</summary>
    public string? Decoded(RequestTransformContext context) => Text(context, name);

    /// <summary>The value as text of a path; <see langword="null"/> where there is none.</summary>
    public string? Escaped(RequestTransformContext context, bool keepSlashes)
    {
        var decoded = Text(context, name);
        if (string.IsNullOrEmpty(decoded)) return null;
        var sent = Find(context, decoded);
        if (sent is null) return EscapedPath.Escape(decoded, keepSlashes);
        return keepSlashes ? sent : sent.Replace("/", "%2F", StringComparison.Ordinal);
    }

    private static string? Text(RequestTransformContext context, string name)
        => context.HttpContext.Request.RouteValues.TryGetValue(name, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    private string? Find(RequestTransformContext context, string decoded)
    {
        if (segment is null || parameter is null) return null;
        ReadOnlySpan<char> rest = context.OriginalPath;
        for (var i = 0; i <= segmentIndex; i++)
        {
            var slash = rest.IndexOf('/');
            if (slash < 0) return null;
            rest = rest[(slash + 1)..];
        }
        if (parameter.IsCatchAll) return EscapedPath.MatchFront(rest, decoded, ignoreCase: false) == rest.Length ? rest.ToString() : null;
        var end = rest.IndexOf('/');
        return FindInSegment(context, end < 0 ? rest : rest[..end]);
    }

    // All values of the segment are known, so what each part of the template took of it follows from reading it once from left to right.
    private string? FindInSegment(RequestTransformContext context, ReadOnlySpan<char> text)
    {
        string? found = null;
        foreach (var part in segment!.Parts)
        {
            var wanted = part switch
            {
                RoutePatternParameterPart value => Text(context, value.Name) ?? "",
                RoutePatternLiteralPart literal => literal.Content,
                RoutePatternSeparatorPart separator => separator.Content,
                _ => "",
            };
            var length = EscapedPath.MatchFront(text, wanted, ignoreCase: !part.IsParameter);
            // A separator may be left out with the optional value behind it.
            if (length < 0 && part.IsSeparator && text.IsEmpty) return found;
            if (length < 0) return null;
            if (ReferenceEquals(part, parameter)) found = text[..length].ToString();
            text = text[length..];
        }
        return text.IsEmpty ? found : null;
    }
}
