using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Tells the bucket of the user behind a request.</summary>
/// <remarks>
/// The cookie is not signed: what it holds is a number that a client could as well have been given, and which of two public sides it sees is no secret. That spares a key that every
/// proxy of a fleet would have to know, and it makes it easy to look at the other side on purpose. Reading allocates nothing.
/// </remarks>
internal sealed class SplitBucketReader(SplitOptions options, RandomSource random)
{
    public const string DefaultCookie = "n2s-split";

    private readonly string _name = string.IsNullOrEmpty(options.KeyName) ? DefaultCookie : options.KeyName;

    /// <summary>The bucket that a request says, if it says one.</summary>
    public int? TryRead(HttpContext context) => options.StickBy switch
    {
        SplitKey.Cookie => FromCookie(context.Request.Headers.Cookie),
        SplitKey.Header => FromHeader(context.Request.Headers[_name]),
        SplitKey.ClientAddress => context.Connection.RemoteIpAddress is { } address ? FromAddress(address) : null,
        _ => null,
    };

    /// <summary>The bucket of a request. One that has none gets one by chance and, where a cookie keeps it, is told it with the answer.</summary>
    public int Read(HttpContext context)
    {
        if (TryRead(context) is { } known) return known;
        var bucket = random.Next(SplitBuckets.Count);

        // Only now: the fields of the destination's answer would take its place.
        if (options.StickBy == SplitKey.Cookie) context.Response.OnStarting(static state => ((Issue)state).Append(), new Issue(context, _name, bucket, options.CookieLifetime));
        return bucket;
    }

    private int? FromCookie(in StringValues lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].AsSpan();
            foreach (var part in line.Split(';'))
            {
                var pair = line[part].Trim(' ');
                if (pair.Length <= _name.Length || pair[_name.Length] != '=' || !pair.StartsWith(_name, StringComparison.Ordinal)) continue;
                var digits = pair[(_name.Length + 1)..];
                if (digits.Length is > 0 and <= 4 && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var bucket)) return bucket;
            }
        }

        return null;
    }

    private static int? FromHeader(in StringValues values) => values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null : SplitBuckets.Of(values[0].AsSpan().Trim());

    private static int FromAddress(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        if (address.IsIPv4MappedToIPv6) return SplitBuckets.Of(octets.Slice(12, 4));
        return SplitBuckets.Of(octets[..(address.AddressFamily == AddressFamily.InterNetworkV6 ? 8 : length)]);
    }

    private sealed class Issue(HttpContext context, string name, int bucket, TimeSpan? lifetime)
    {
        public Task Append()
        {
            context.Response.Cookies.Append(name, bucket.ToString(CultureInfo.InvariantCulture), new CookieOptions
            {
                Path = "/", HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, MaxAge = lifetime, IsEssential = true,
            });
            return Task.CompletedTask;
        }
    }
}
