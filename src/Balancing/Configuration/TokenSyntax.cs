using System.Buffers;

namespace Net2Secure.Routing.Balancing;

/// <summary>Tokens of HTTP: names of methods, fields and cookies (RFC 9110 §5.6.2).</summary>
internal static class TokenSyntax
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);
}
