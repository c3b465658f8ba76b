using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Net2Secure.Routing.Balancing;

/// <summary>Keeps clients by a cookie in the form of IIS Application Request Routing.</summary>
/// <remarks>
/// The value is the SHA-256 of the destination's name in small letters and UTF-16, in capital hexadecimal digits. It is for clients that bring such a cookie along from there. Names that can be guessed can be
/// found again from it, it has no place for the time of its issue, so that a lifetime is not prolonged, and nothing keeps a client from choosing its destination: where that matters, <see cref="SessionAffinityNames.HashCookie"/> is the better choice.
/// </remarks>
internal sealed class ArrCookieAffinity(TimeProvider time) : ITableBuildingAffinity
{
    private const int Length = 64;

    /// <inheritdoc/>
    public object BuildTable(SessionAffinityOptions options, IReadOnlyList<Destination> destinations)
    {
        var byValue = destinations.ToFrozenDictionary(ValueOf, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        return new CookieTable(options, time, destinations, ValueOf, text => Read(byValue, text));
    }

    /// <inheritdoc/>
    public AffinityMatch Find(in AffinityContext context) => ((CookieTable)context.Table!).Find(context);

    /// <inheritdoc/>
    public void Remember(in AffinityAnswer answer) => ((CookieTable)answer.Table!).Remember(answer);

    private static AffinityMatch Read(FrozenDictionary<string, Destination>.AlternateLookup<ReadOnlySpan<char>> byValue, ReadOnlySpan<char> text)
    {
        if (byValue.TryGetValue(text, out var destination)) return AffinityMatch.Of(destination);
        return text.Length == Length && !text.ContainsAnyExcept(HexDigits) ? AffinityMatch.Unknown : AffinityMatch.Invalid;
    }

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789ABCDEF");

    private static string ValueOf(Destination destination)
    {
#pragma warning disable CA1308 // the form that others have given it
        var name = destination.Id.ToLowerInvariant();
#pragma warning restore CA1308
        return Convert.ToHexString(SHA256.HashData(Encoding.Unicode.GetBytes(name)));
    }
}
