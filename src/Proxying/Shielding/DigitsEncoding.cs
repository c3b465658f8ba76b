using System.Text;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads digits, and anything else as something that is none: what the server is told to read <c>Content-Length</c> with.</summary>
/// <remarks>
/// By itself the server takes a sign in front of the number (RFC 9110 §8.6 does not) and hands on a clean one, which hides from everybody what came. The request guard sees to HTTP/1.1;
/// this sees to HTTP/2 and HTTP/3. Thread-safe; allocates nothing.
/// </remarks>
internal sealed class DigitsEncoding : Encoding
{
    private const char NoDigit = '?';

    public static DigitsEncoding Instance { get; } = new();

    public override int GetByteCount(char[] chars, int index, int count) => count;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetCharCount(ReadOnlySpan<byte> bytes) => bytes.Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        for (var i = 0; i < bytes.Length; i++) chars[i] = char.IsAsciiDigit((char)bytes[i]) ? (char)bytes[i] : NoDigit;
        return bytes.Length;
    }

    public override unsafe int GetCharCount(byte* bytes, int count) => count;

    public override unsafe int GetChars(byte* bytes, int byteCount, char* chars, int charCount) =>
        GetChars(new ReadOnlySpan<byte>(bytes, byteCount), new Span<char>(chars, charCount));

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount;
}
