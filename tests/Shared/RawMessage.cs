using System.Text;

namespace Net2Secure.Routing.Testing;

/// <summary>One HTTP/1.1 message as its bytes were.</summary>
/// <param name="Head">Start line and fields, with the empty line.</param>
/// <param name="Body">The body as it is framed: with chunk sizes, last chunk and trailers where it comes in chunks.</param>
internal sealed record RawMessage(string Head, string Body)
{
    public string StartLine => Head[..Head.IndexOf("\r\n", StringComparison.Ordinal)];

    public bool IsRequest => !Head.StartsWith("HTTP/", StringComparison.Ordinal);

    public int Status => int.Parse(StartLine.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>An answer that has no body whatever its fields say.</summary>
    public bool IsWithoutBody => !IsRequest && Status is < 200 or 204 or 304;

    /// <summary>The field lines, in their order.</summary>
    public string[] Fields => Head.Split("\r\n")[1..^2];

    /// <summary>The body without its framing.</summary>
    public string Content => Has("Transfer-Encoding") ? Dechunked().Content : Body;

    /// <summary>The trailer lines.</summary>
    public string[] Trailers => Has("Transfer-Encoding") ? Dechunked().Trailers : [];

    public bool Has(string name) => Values(name).Length > 0;

    /// <summary>The values of all lines of a field.</summary>
    public string[] Values(string name) =>
        [.. Fields.Where(f => f.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(f => f[(name.Length + 1)..].Trim(' ', '\t'))];

    /// <summary>The value of a field that stands there once.</summary>
    public string Value(string name) => Assert.Single(Values(name));

    private (string Content, string[] Trailers) Dechunked()
    {
        var content = new StringBuilder();
        var rest = Body.AsSpan();
        while (true)
        {
            var lineEnd = rest.IndexOf("\r\n");
            var size = Convert.ToInt32(rest[..lineEnd].ToString().Split(';')[0], 16);
            rest = rest[(lineEnd + 2)..];
            if (size == 0) return (content.ToString(), rest.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
            content.Append(rest[..size]);
            rest = rest[(size + 2)..];
        }
    }
}
