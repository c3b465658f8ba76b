using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Net2Secure.Routing.Proxying;

/// <summary>Replaces the path by a template filled with route values, each spelled as the client spelled it.</summary>
internal sealed class PathPatternTransform : RequestTransform
{
    private readonly Part[][] _segments;
    private readonly bool _endsWithSlash;

    public PathPatternTransform(string pattern, RouteValueSources values)
    {
        var segments = RoutePatternFactory.Parse(pattern).PathSegments;
        _endsWithSlash = pattern.Length > 1 && pattern.EndsWith('/');
        _segments = new Part[segments.Count][];
        for (var i = 0; i < segments.Count; i++)
        {
            var parts = segments[i].Parts;
            _segments[i] = new Part[parts.Count];
            for (var j = 0; j < parts.Count; j++) _segments[i][j] = Compile(parts[j], values);
        }
    }

    /// <summary>What is wrong with a pattern; <see langword="null"/> when nothing is.</summary>
    public static string? Problem(string pattern)
    {
        if (pattern.Length == 0) return "The pattern is empty. It is a path such as /api/{version}/{**rest}.";
        try
        {
            RoutePatternFactory.Parse(pattern);
            return null;
        }
        catch (RoutePatternException exception)
        {
            return $"'{pattern}' is no path template: {exception.Message}";
        }
    }

    internal override bool KeepsReceivedFields => true;

    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        if (context.Path == "*") return default;
        var path = new StringBuilder(context.Path.Length + 32);
        foreach (var segment in _segments) Append(path, segment, context);
        if (path.Length == 0 || _endsWithSlash) path.Append('/');
        context.Path = path.ToString();
        return default;
    }

    // A segment of which nothing but absent values would remain goes with its slash.
    private static void Append(StringBuilder path, Part[] segment, RequestTransformContext context)
    {
        var start = path.Length;
        path.Append('/');
        foreach (var part in segment)
        {
            path.Append(part.Source is null ? part.Text : part.Source.Escaped(context, part.KeepSlashes) ?? part.Text);
        }
        if (path.Length == start + 1) path.Length = start;
    }

    private static Part Compile(RoutePatternPart part, RouteValueSources values) => part switch
    {
        RoutePatternParameterPart parameter => new Part(
            parameter.Default is null ? "" : EscapedPath.Escape(Convert.ToString(parameter.Default, CultureInfo.InvariantCulture) ?? "", !parameter.EncodeSlashes),
            values.Find(parameter.Name, required: !parameter.IsOptional && parameter.Default is null),
            !parameter.EncodeSlashes),
        RoutePatternLiteralPart literal => new Part(EscapedPath.FromConfigured("/" + literal.Content)[1..], null, false),
        RoutePatternSeparatorPart separator => new Part(separator.Content, null, false),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <param name="Text">The literal, or what stands for a value that is absent.</param>
    /// <param name="Source">Where the value comes from; <see langword="null"/> for a literal.</param>
    /// <param name="KeepSlashes">Whether slashes of the value separate segments.</param>
    private readonly record struct Part(string Text, RouteValueSource? Source, bool KeepSlashes);
}
