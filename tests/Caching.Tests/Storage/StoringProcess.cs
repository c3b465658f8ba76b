using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Net2Secure.Routing.Caching.Tests.Storage;

/// <summary>A process that stores, updates and removes on disk until it is killed, and says what it has done.</summary>
internal static class StoringProcess
{
    public const string Command = "store";

    public const int Keys = 40;

    public static DiskResponseCacheOptions OptionsFor(string folder) => new() { Path = folder, MaxBytes = 256L * 1024 * 1024, MaxBodyBytes = 8L * 1024 * 1024 };

    public static CacheKey KeyOf(int number) => new($"http://shop.example/{number}");

    /// <summary>A head that tells what the body has to be.</summary>
    public static CachedHead HeadOf(int round, int length) => new()
    {
        StatusCode = 200,
        Fields = [new("X-Round", round.ToString(CultureInfo.InvariantCulture)), new("X-Length", length.ToString(CultureInfo.InvariantCulture))],
        RequestTime = DateTimeOffset.UnixEpoch,
        ResponseTime = DateTimeOffset.UnixEpoch.AddSeconds(round),
    };

    public static string BodyOf(int round, int length) => string.Create(length, round, static (text, round) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = (char)('a' + ((i + round) % 23));
    });

    public static async Task<int> RunAsync(string folder)
    {
        using var cache = new DiskResponseCache(OptionsFor(folder), TimeProvider.System, NullLogger.Instance);
        var random = new Random(1);
        for (var round = 0; ; round++)
        {
            var key = KeyOf(round % Keys);
            var length = random.Next(1, 300_000);
            await cache.StoreAsync(key, HeadOf(round, length), new MemoryStream(Encoding.Latin1.GetBytes(BodyOf(round, length))), default);
            if (round % 5 == 1 && (await cache.FindAsync(key, default)) is [var found]) await cache.UpdateAsync(key, found, found.Head.With(isDoubted: true), default);
            if (round % 7 == 1) await cache.RemoveAsync(KeyOf((round + 3) % Keys), default);
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"stored {round}."));
        }
    }
}
