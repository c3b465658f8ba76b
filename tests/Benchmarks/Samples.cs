namespace Net2Secure.Routing.Benchmarks;

/// <summary>Fields as they are met: of a small request of a program, and of a page that a browser asks for.</summary>
internal static class Samples
{
    public static IEnumerable<KeyValuePair<string, string>> RequestFields(string kind) => kind != "browser"
        ? [new("User-Agent", "client/1.0"), new("Accept", "*/*")]
        :
        [
            new("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"),
            new("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"),
            new("Accept-Encoding", "gzip, deflate, br, zstd"),
            new("Accept-Language", "en-GB,en;q=0.9,de;q=0.8"),
            new("Cache-Control", "max-age=0"),
            new("Cookie", "session=2f6e1c0a9b7d4e35; theme=dark; consent=1; cart=17"),
            new("Referer", "https://shop.example/cart"),
            new("Sec-Fetch-Dest", "document"),
            new("Sec-Fetch-Mode", "navigate"),
            new("Sec-Fetch-Site", "same-origin"),
            new("Upgrade-Insecure-Requests", "1"),
        ];

    public static IEnumerable<KeyValuePair<string, string>> ResponseFields(string kind) => kind == "small"
        ? [new("Date", "Tue, 24 Nov 2026 15:00:00 GMT"), new("Content-Type", "text/plain"), new("Content-Length", "2")]
        :
        [
            new("Date", "Tue, 24 Nov 2026 15:00:00 GMT"),
            new("Server", "origin"),
            new("Content-Type", "text/html; charset=utf-8"),
            new("Content-Length", "48213"),
            new("Cache-Control", "private, max-age=0"),
            new("ETag", "\"5d8c72a5edda8\""),
            new("Last-Modified", "Tue, 24 Nov 2026 14:00:00 GMT"),
            new("Set-Cookie", "session=2f6e1c0a9b7d4e35; Path=/; HttpOnly; Secure; SameSite=Lax"),
            new("Set-Cookie", "seen=1; Path=/"),
            new("Strict-Transport-Security", "max-age=31536000"),
            new("Vary", "Accept-Encoding"),
            new("X-Request-Id", "0HN7PQ2K3F5V8"),
        ];
}
