using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Affinity;

/// <summary>Keeps clients by a cookie with the name of their destination, encrypted by ASP.NET Core data protection.</summary>
/// <remarks>
/// For applications that share a key ring between their instances anyway, which then also turns the keys over. Costs a decryption per request, some microseconds, where the signed cookie costs a look-up;
/// in exchange no two clients carry the same value.
/// </remarks>
internal sealed class ProtectedCookieAffinity(AffinityProtection protection, TimeProvider time) : ITableBuildingAffinity
{
    /// <summary>Longer than any name of a destination gets by encryption; what is longer is not decrypted.</summary>
    private const int LongestValue = 4096;

    // What every payload of data protection begins with. Junk is told by it without an exception each.
    private const uint Magic = 0x09F0C9F0;

    /// <inheritdoc/>
    public object BuildTable(SessionAffinityOptions options, IReadOnlyList<Destination> destinations) =>
        new Table(new AffinityCookie(options, time), destinations.ToFrozenDictionary(NameOf, StringComparer.OrdinalIgnoreCase));

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
        var cookie = ((Table)answer.Table!).Cookie;
        var value = Base64Url.EncodeToString(protection.Protector.Protect(Encoding.UTF8.GetBytes(NameOf(answer.Destination))));
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
            var name = Encoding.UTF8.GetString(protection.Protector.Unprotect(bytes[..length]));
            return table.ByName.TryGetValue(name, out var destination) ? AffinityMatch.Of(destination) : AffinityMatch.Unknown;
        }
        catch (CryptographicException) // tampered with, or from a key ring that is not ours
        {
            return AffinityMatch.Invalid;
        }
    }

    private static string NameOf(Destination destination) => $"{destination.ClusterId.Length}\n{destination.ClusterId}\n{destination.Id}";

    private sealed record Table(AffinityCookie Cookie, FrozenDictionary<string, Destination> ByName);
}
