using System.Text;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>Takes what may be a secret out of what is logged, and bounds it.</summary>
internal static class MaskedText
{
    /// <summary>Stands for what was taken out.</summary>
    public const string Mask = "*";

    /// <summary>Characters of one value.</summary>
    public const int MaxLength = 2048;

    /// <summary>A request target or URL with <c>*</c> for each value of its query: names stay, since they say what was asked.</summary>
    public static string Target(string target, bool showsSecrets)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        if (showsSecrets || query < 0) return Bound(target);
        var masked = new StringBuilder(Math.Min(target.Length, MaxLength)).Append(target, 0, Math.Min(query + 1, MaxLength));
        foreach (var range in target.AsSpan(query + 1).Split('&'))
        {
            if (masked.Length >= MaxLength) break;
            var pair = target.AsSpan(query + 1)[range];
            if (masked[^1] != '?') masked.Append('&');
            var equals = pair.IndexOf('=');
            // What has no name is a value.
            if (equals < 0) masked.Append(pair.IsEmpty ? "" : Mask);
            else masked.Append(pair[..equals]).Append("=" + Mask);
        }

        return Bound(masked.ToString());
    }

    /// <summary>A text of bounded length.</summary>
    public static string Bound(string text) => text.Length <= MaxLength ? text : text[..MaxLength];
}
