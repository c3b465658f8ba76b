using System.Text;

namespace Net2Secure.Routing.Proxying;

/// <summary>Sets or appends a request field with a route value. Without a value, setting removes the field, so that the client cannot speak in its place.</summary>
internal sealed class RequestFieldRouteValueTransform(string name, RouteValueSource source, bool append) : RequestTransform
{
    public override ValueTask ApplyAsync(RequestTransformContext context)
    {
        var value = source.Decoded(context);
        if (append && !context.HeadersCopied) AddHeader(context, name, TakeHeader(context, name));
        if (!append) RemoveHeader(context, name);
        if (!string.IsNullOrEmpty(value)) AddHeader(context, name, Visible(value));
        return default;
    }

    // A path can carry what a field cannot: escaped line ends, and letters of all scripts. These go as the escapes that they were.
    private static string Visible(string value)
    {
        if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~')) return value;
        var visible = new StringBuilder(value.Length + 16);
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~') visible.Append((char)rune.Value);
            else EscapedPath.AppendEscaped(visible, rune);
        }
        return visible.ToString();
    }
}
