using System.Text;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>Reads header blocks (RFC 7541) anew, for plainness: all of it but compressed text, which it only knows to be there. One instance serves one connection.</summary>
internal sealed class ReferenceHpack
{
    private const int LargestTable = 4096;

    // RFC 7541, appendix A; values after a blank.
    private static readonly string[] Static =
    [
        ":authority", ":method GET", ":method POST", ":path /", ":path /index.html", ":scheme http", ":scheme https", ":status 200", ":status 204", ":status 206", ":status 304", ":status 400", ":status 404", ":status 500",
        "accept-charset", "accept-encoding gzip, deflate", "accept-language", "accept-ranges", "accept", "access-control-allow-origin", "age", "allow", "authorization", "cache-control", "content-disposition",
        "content-encoding", "content-language", "content-length", "content-location", "content-range", "content-type", "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match", "if-modified-since",
        "if-none-match", "if-range", "if-unmodified-since", "last-modified", "link", "location", "max-forwards", "proxy-authenticate", "proxy-authorization", "range", "referer", "refresh", "retry-after", "server",
        "set-cookie", "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via", "www-authenticate",
    ];

    private readonly List<(string Name, string Value)> _dynamic = [];
    private int _limit = LargestTable;
    private byte[] _block = [];
    private int _at;

    /// <summary>Whether compressed text has come, so that nobody here knows what stands in the table since.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Reads one block.</summary>
    /// <exception cref="FormatException">It is not by the book.</exception>
    public List<(string Name, string Value)> Read(byte[] block)
    {
        (_block, _at) = (block, 0);
        var fields = new List<(string Name, string Value)>();
        while (_at < block.Length)
        {
            var first = block[_at];
            if ((first & 0x80) != 0) fields.Add(Entry(Integer(7)));
            else if ((first & 0xc0) == 0x40)
            {
                var field = Literal(6);
                fields.Add(field);
                _dynamic.Insert(0, field);
                Evict();
            }
            else if ((first & 0xe0) == 0x20)
            {
                _limit = Integer(5);
                if (fields.Count > 0 || _limit > LargestTable) throw new FormatException("table size");
                Evict();
            }
            else fields.Add(Literal(4));
        }

        return fields;
    }

    private (string Name, string Value) Literal(int prefix)
    {
        var index = Integer(prefix);
        var name = index == 0 ? Text() : Entry(index).Name;
        return (name, Text());
    }

    private (string Name, string Value) Entry(int index)
    {
        if (index is > 0 and <= 61)
        {
            var blank = Static[index - 1].IndexOf(' ', StringComparison.Ordinal);
            return blank < 0 ? (Static[index - 1], "") : (Static[index - 1][..blank], Static[index - 1][(blank + 1)..]);
        }

        return index > 61 && index - 62 < _dynamic.Count ? _dynamic[index - 62] : throw new FormatException("index");
    }

    private void Evict()
    {
        while (_dynamic.Sum(f => f.Name.Length + f.Value.Length + 32) > _limit) _dynamic.RemoveAt(_dynamic.Count - 1);
    }

    private string Text()
    {
        if (_at == _block.Length) throw new FormatException("cut");
        var isCompressed = (_block[_at] & 0x80) != 0;
        var length = Integer(7);
        if (length > _block.Length - _at) throw new FormatException("cut");
        _at += length;
        IsLost |= isCompressed && length > 0;
        return Encoding.Latin1.GetString(_block, _at - length, length);
    }

    private int Integer(int prefix)
    {
        var limit = (1 << prefix) - 1;
        var value = (long)(_block[_at++] & limit);
        if (value < limit) return (int)value;
        for (var shift = 0; ; shift += 7)
        {
            if (_at == _block.Length || shift > 21) throw new FormatException("integer");
            var octet = _block[_at++];
            value += (long)(octet & 0x7f) << shift;
            if (octet < 0x80) return (int)value;
        }
    }
}
