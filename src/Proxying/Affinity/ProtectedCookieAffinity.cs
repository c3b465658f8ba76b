using System.Buffers.Text;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Affinity;

/// <summary>Keeps clients by a cookie with the name of their destination, encrypted by ASP.NET Core data protection.</summary>
/// <remarks>
/// For applications that share a key ring between their instances anyway, which then also turns the keys over. Costs a decryption per request, some microseconds, where the signed cookie costs a look-up;
/// in exchange no two clients carry the same value. Where the cookie has a lifetime, the time of its issue is encrypted with the name, and it is renewed while the client comes.
/// </remarks>
internal sealed class ProtectedCookieAffinity(AffinityProtection protection, TimeProvider time) : ITableBuildingAffinity
{
    /// <summary>Longer than any name of a destination gets by encryption; what is longer is not decrypted.</summary>
    private const int LongestValue = 4096;

    // No name begins with it: they begin with a length.
    private const char DateMark = '@';

    // What every payload of data protection begins with. Junk is told by it without an exception each.
    private const uint Magic = 0x09F0C9F0;

    /// <inheritdoc/>
    public object BuildTable(SessionAffinityOptions options, IReadOnlyList<Destination> destinations) =>
        new Table(
            new AffinityCookie(options, time),
            SlidingLifetime.Of(options, time),
            destinations.ToFrozenDictionary(NameOf, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>());

    /// <inheritdoc/>
    public AffinityMatch Find(in AffinityContext context)
    {
        var name = context.Options.AffinityKeyName!;
        if (!CookieField.TryGet(context.Request, out var lines)) return AffinityMatch.None;
        var best = AffinityMatch.None;
        foreach (var line in lines)
        {
            var position = 0;
            while (best.State != AffinityKeyState.Known && CookieField.TryNext(line, name, ref position, out var value))
            {
                var match = Read(value, (Table)context.Table!);
                if (match.State == AffinityKeyState.Known || best.State is AffinityKeyState.Absent or AffinityKeyState.Invalid) best = match;
            }
        }

        if (context.Options.ForwardKey != true && best.State != AffinityKeyState.Absent && context.Request is RoutedRequestMessage) CookieField.Remove(context.Request, name);
        return best;
    }

    /// <inheritdoc/>
    public void Remember(in AffinityAnswer answer)
    {
        if (answer.IsAtHome) return;
        var table = (Table)answer.Table!;
        var cookie = table.Cookie;
        var text = table.Lifetime is { } lifetime ? string.Create(CultureInfo.InvariantCulture, $"{DateMark}{lifetime.Now}\n{NameOf(answer.Destination)}") : NameOf(answer.Destination);
        var value = Base64Url.EncodeToString(protection.Protector.Protect(Encoding.UTF8.GetBytes(text)));
        cookie.Issue(answer.Request, answer.Response, cookie.Write(value, cookie.IsSecureFor(answer.Request)));
    }

    private AffinityMatch Read(ReadOnlySpan<char> text, Table table)
    {
        if (text.Length is 0 or > LongestValue) return AffinityMatch.Invalid;
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var length) != System.Buffers.OperationStatus.Done || length <= sizeof(uint)) return AffinityMatch.Invalid;
        if (System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic) return AffinityMatch.Invalid;
        try
        {
            var content = Encoding.UTF8.GetString(protection.Protector.Unprotect(bytes[..length]));
            var name = ReadDate(content, out var issued);
            if (!table.ByName.TryGetValue(name, out var destination)) return AffinityMatch.Unknown;
            return AffinityMatch.Of(destination) with { IsOutdated = table.Lifetime is { } lifetime && (issued is not { } at || lifetime.IsHalfOver(at)) };
        }
        catch (CryptographicException) // tampered with, or from a key ring that is not ours
        {
            return AffinityMatch.Invalid;
        }
    }

    /// <summary>Takes the time of issue off the front, if it is there.</summary>
    private static ReadOnlySpan<char> ReadDate(ReadOnlySpan<char> text, out long? issued)
    {
        issued = null;
        if (text.IsEmpty || text[0] != DateMark || text.IndexOf('\n') is not (> 0 and var end)) return text;
        if (long.TryParse(text[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out var at)) issued = at;
        return text[(end + 1)..];
    }

    private static string NameOf(Destination destination) => $"{destination.ClusterId.Length}\n{destination.ClusterId}\n{destination.Id}";

    private sealed record Table(AffinityCookie Cookie, SlidingLifetime? Lifetime, FrozenDictionary<string, Destination>.AlternateLookup<ReadOnlySpan<char>> ByName);
}
