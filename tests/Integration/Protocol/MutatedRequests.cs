namespace Net2Secure.Routing.Integration.Protocol;

/// <summary>Valid requests with something wrong with them, the same ones for the same seed.</summary>
internal sealed class MutatedRequests(int seed)
{
    private static readonly string[] Templates =
    [
        "GET /a?b=c HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n",
        "POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n23;x=y\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n\r\n0\r\nT: v\r\n\r\n",
        "PUT http://b:81/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        "DELETE /d HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD /h HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /u HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    ];

    private static readonly string[] Fragments =
    [
        "\r\n", "\n", "\r", " ", "\t", "\0", ":", ",", ";", "+", "-", "0x", "0", "\r\n\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n", "chunked", "gzip, ", "Host: b\r\n",
        "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", "0\r\n\r\n", "ffffffff", "Connection: close\r\n", "\u00ff", "\u0001", "#", "%00", "%2e%2e/", "../", "HTTP/1.1", "Trailer: x\r\n", "Upgrade: h2c\r\n", "Connection: content-length\r\n",
    ];

    private readonly Random _random = new(seed);

    /// <summary>One to three requests behind one another, with up to four changes; sometimes with none.</summary>
    public string Next()
    {
        var text = string.Concat(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Templates[_random.Next(Templates.Length)]));
        for (var changes = _random.Next(0, 5); changes > 0 && text.Length > 0; changes--) text = Mutate(text);
        return text;
    }

    private string Mutate(string text)
    {
        var at = _random.Next(text.Length);
        var length = Math.Min(_random.Next(1, 6), text.Length - at);
        return _random.Next(7) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, Fragments[_random.Next(Fragments.Length)]),
            2 => text.Remove(at, 1).Insert(at, ((char)_random.Next(256)).ToString()),
            3 => text.Insert(at, text.Substring(at, length)),
            4 => ReplaceOne(text, "\r\n", _random.Next(2) == 0 ? "\n" : "\r"),
            5 => text.Remove(at, length).Insert(at, Fragments[_random.Next(Fragments.Length)]),
            _ => ReplaceOne(text, ": ", _random.Next(2) == 0 ? " : " : ":\t"),
        };
    }

    private string ReplaceOne(string text, string what, string by)
    {
        var at = text.IndexOf(what, _random.Next(text.Length), StringComparison.Ordinal);
        return at < 0 ? text : text.Remove(at, what.Length).Insert(at, by);
    }
}
