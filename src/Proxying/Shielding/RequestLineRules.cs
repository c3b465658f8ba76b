using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Net2Secure.Routing.Proxying;

/// <summary>What a request line must look like (RFC 9112 §3).</summary>
/// <remarks>
/// Beyond the grammar: a target may hold any visible ASCII character but <c>#</c>, since browsers send <c>|</c>, <c>"</c> and their like unencoded; an
/// authority is read by <see cref="AuthorityRules"/>; only the versions 1.0 and 1.1 are spoken.
/// </remarks>
internal static class RequestLineRules
{
    /// <summary>Longest method in octets. The longest registered one has 17.</summary>
    internal const int MaxMethodLength = 64;

    /// <summary>Octets of a line beside method and target: two blanks, the version, CR LF.</summary>
    internal const int OverheadLength = 12;

    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> Target =
        SearchValues.Create("!\"$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    /// <summary>Checks one line without its line end.</summary>
    internal static RequestVerdict Check(ReadOnlySpan<byte> line, RequestGuardOptions options, out bool isHttp10, out bool isHead)
    {
        isHttp10 = isHead = false;
        var methodLength = line.IndexOf((byte)' ');
        if (methodLength <= 0 || methodLength > MaxMethodLength || line[..methodLength].ContainsAnyExcept(Token))
            return RequestVerdict.BadRequest("The request line does not begin with a method.");
        var method = line[..methodLength];
        var rest = line[(methodLength + 1)..];
        var targetLength = rest.Length - 9;
        if (targetLength < 0 || !rest[targetLength..].StartsWith(" HTTP/1."u8) || rest[^1] is not ((byte)'0' or (byte)'1'))
            return RefuseVersion(rest);
        isHttp10 = rest[^1] == (byte)'0';
        isHead = method.SequenceEqual("HEAD"u8);

        if (targetLength > options.MaxTargetBytes)
            return TargetTooLong;
        if (method.SequenceEqual("CONNECT"u8))
            return RequestVerdict.Refuse(StatusCodes.Status405MethodNotAllowed, "CONNECT is not served here.");
        return IsTarget(rest[..targetLength], method) ? RequestVerdict.Accepted : RequestVerdict.BadRequest("The request target is malformed.");
    }

    internal static RequestVerdict TargetTooLong => RequestVerdict.Refuse(StatusCodes.Status414UriTooLong, "The request target is too long.");

    internal static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

    internal static int TokenLength(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(Token);

    private static bool IsTarget(ReadOnlySpan<byte> target, ReadOnlySpan<byte> method)
    {
        if (target.IsEmpty || target.ContainsAnyExcept(Target) || HasEncodedNul(target))
            return false;
        if (target[0] == (byte)'/')
            return true;
        return target.Length == 1 ? target[0] == (byte)'*' && method.SequenceEqual("OPTIONS"u8) : IsAbsolute(target);
    }

    // The server takes no path with one; said here, the client can read why.
    private static bool HasEncodedNul(ReadOnlySpan<byte> target)
    {
        var nul = target.IndexOf("%00"u8);
        return nul >= 0 && !target[..nul].Contains((byte)'?');
    }

    // Absolute form with an authority that names one host; what follows has been checked character by character.
    private static bool IsAbsolute(ReadOnlySpan<byte> target)
    {
        int scheme;
        // In small letters only, although RFC 9110 §4.2.3 leaves the choice: the server's parser knows no others.
        if (target.StartsWith("http://"u8))
            scheme = 7;
        else if (target.StartsWith("https://"u8))
            scheme = 8;
        else
            return false;
        var authority = target[scheme..];
        var end = authority.IndexOfAny((byte)'/', (byte)'?');
        return AuthorityRules.IsAuthority(end < 0 ? authority : authority[..end]);
    }

    private static RequestVerdict RefuseVersion(ReadOnlySpan<byte> rest)
    {
        var version = rest[(rest.LastIndexOf((byte)' ') + 1)..];
        var isVersion = version.Length == 8 && version.StartsWith("HTTP/"u8) && version[6] == (byte)'.'
            && char.IsAsciiDigit((char)version[5]) && char.IsAsciiDigit((char)version[7]);
        return isVersion && version.Length < rest.Length
            ? RequestVerdict.Refuse(StatusCodes.Status505HttpVersionNotsupported, "This version of HTTP is not spoken here.")
            : RequestVerdict.BadRequest("The request line does not end with a version of HTTP.");
    }
}
