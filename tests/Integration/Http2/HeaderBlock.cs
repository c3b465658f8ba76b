using System.Text;

namespace Net2Secure.Routing.Integration.Http2;

/// <summary>Writes header blocks (RFC 7541) in their plainest form: literals, not indexed, not compressed. Names and values go out as they are, valid or not.</summary>
internal sealed class HeaderBlock
{
    private readonly List<byte> _bytes = [];

    public static HeaderBlock Get(string path, params (string Name, string Value)[] fields) => Request("GET", path, fields);

    public static HeaderBlock Request(string method, string path, params (string Name, string Value)[] fields)
    {
        var block = new HeaderBlock().Add(":method", method).Add(":scheme", "http").Add(":path", path).Add(":authority", "front.example");
        foreach (var (name, value) in fields) block.Add(name, value);
        return block;
    }

    public static HeaderBlock Of(params (string Name, string Value)[] fields)
    {
        var block = new HeaderBlock();
        foreach (var (name, value) in fields) block.Add(name, value);
        return block;
    }

    /// <summary>A field that leaves the dynamic table alone (RFC 7541 §6.2.2).</summary>
    public HeaderBlock Add(string name, string value)
    {
        _bytes.Add(0);
        Text(name);
        Text(value);
        return this;
    }

    /// <summary>A field that enters the dynamic table (RFC 7541 §6.2.1), to be repeated by <see cref="Indexed"/>.</summary>
    public HeaderBlock AddIndexed(string name, string value)
    {
        _bytes.Add(0x40);
        Text(name);
        Text(value);
        return this;
    }

    /// <summary>A field of the tables, by index; 62 is the latest that entered the dynamic one.</summary>
    public HeaderBlock Indexed(int index)
    {
        Integer(index, 7, 0x80);
        return this;
    }

    public HeaderBlock Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public byte[] ToBytes() => [.. _bytes];

    private void Text(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        Integer(bytes.Length, 7, 0);
        _bytes.AddRange(bytes);
    }

    // RFC 7541 §5.1
    private void Integer(int value, int prefix, byte first)
    {
        var limit = (1 << prefix) - 1;
        if (value < limit)
        {
            _bytes.Add((byte)(first | value));
            return;
        }

        _bytes.Add((byte)(first | limit));
        for (value -= limit; value >= 128; value >>= 7) _bytes.Add((byte)((value & 127) | 128));
        _bytes.Add((byte)value);
    }
}
