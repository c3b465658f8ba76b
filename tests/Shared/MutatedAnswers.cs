namespace Net2Secure.Routing.Testing;

/// <summary>Answers of an origin with something wrong with them, the same ones for the same seed. Text is Latin-1.</summary>
internal static class MutatedAnswers
{
    /// <summary>Answers before anything is changed in them.</summary>
    public static IReadOnlyList<string> Seeds { get; } =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-A: b\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\nb\r\nhello world\r\n0\r\nX-T: 1\r\nX-U: 2\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nuntil the end",
        "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Fold: a\r\n b\r\n\tc\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
        "HTTP/1.1 404 Not Found\nContent-Type: a/b\nContent-Length: 3\n\nno!",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n000a\r\n0123456789\r\n00\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 500 \r\nConnection: close\r\n\r\noops",
    ];

    private static readonly string[] Bits =
    [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ",", ";", "0", "1", "9", "f", "-", "+", "x", "\u00E4", "\u007F", "\r\n\r\n", "0\r\n\r\n", "HTTP/1.1 200 OK\r\n", "Content-Length: 4\r\n",
        "Transfer-Encoding: chunked\r\n", "chunked", "gzip, ", "0x", "00000000", "ffffffff", "HTTP/1.1 100 Continue\r\n\r\n", "\r\n X", "=\"",
    ];

    /// <summary>One of them with one to three changes.</summary>
    public static string Next(Random random)
    {
        var text = Seeds[random.Next(Seeds.Count)];
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(random.Next(6), text.Length - at);
            text = random.Next(8) switch
            {
                0 => text[..at] + text[(at + length)..],
                1 => text[..at] + Bits[random.Next(Bits.Length)] + text[at..],
                2 => text[..at] + Bits[random.Next(Bits.Length)] + text[(at + length)..],
                3 => text.Insert(at, text[at..(at + length)]),
                4 => text[..at] + (char)random.Next(256) + text[Math.Min(text.Length, at + 1)..],
                5 => random.Next(8) == 0 ? text[..at] : text + Bits[random.Next(Bits.Length)],
                _ => AtALineEnd(text, at, random),
            };
        }

        return text;
    }

    // Where parsers decide: what is wrong there is found by chance too seldom.
    private static string AtALineEnd(string text, int at, Random random)
    {
        var end = text.IndexOf('\r', at);
        if (end < 0) return text;
        return random.Next(3) switch
        {
            0 => text.Insert(end, Bits[random.Next(Bits.Length)]),
            1 => text.Insert(Math.Min(text.Length, end + 2), Bits[random.Next(Bits.Length)]),
            _ => text.Remove(end, 1),
        };
    }
}
