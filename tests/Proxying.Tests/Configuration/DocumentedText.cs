namespace Net2Secure.Routing.Proxying.Tests.Configuration;

/// <summary>What the documentation says of something, in one line.</summary>
/// <param name="Plain">Without any marks.</param>
/// <param name="Markdown">With names and values as code.</param>
internal sealed record DocumentedText(string Plain, string Markdown)
{
    /// <summary>Text that has the same in both.</summary>
    public static DocumentedText Of(string text) => new(text, Escape(text));

    /// <summary>Text that Markdown leaves as it is, in a table too.</summary>
    public static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "\\<", StringComparison.Ordinal);

    /// <summary>A name or value.</summary>
    public static string Code(string text) => $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";
}
