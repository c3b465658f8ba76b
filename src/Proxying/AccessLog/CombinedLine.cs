using System.Globalization;
using System.Text;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>Writes an entry in the Combined Log Format.</summary>
internal static class CombinedLine
{
    public static byte[] Write(in AccessLogEntry entry, AccessLogSettings settings)
    {
        var request = entry.Context.Request;
        var line = new StringBuilder(256);
        line.Append(entry.Client ?? "-").Append(" - - [").Append(entry.CombinedTime).Append("] \"");
        Put(line, request.Method);
        line.Append(' ');
        Put(line, MaskedText.Target(entry.Target, settings.ShowsSecrets));
        line.Append(' ');
        Put(line, request.Protocol);
        line.Append(CultureInfo.InvariantCulture, $"\" {entry.Status} {entry.Sent} \"");
        Put(line, request.Headers.Referer.Count == 0 ? "-" : MaskedText.Target(request.Headers.Referer.ToString(), settings.ShowsSecrets));
        line.Append("\" \"");
        Put(line, request.Headers.UserAgent.Count == 0 ? "-" : MaskedText.Bound(request.Headers.UserAgent.ToString()));
        line.Append('"');
        return Encoding.UTF8.GetBytes(line.ToString());
    }

    // What a client sends must not be able to end a member or a line.
    internal static void Put(StringBuilder line, string text)
    {
        foreach (var c in text)
        {
            if (c is '"' or '\\') line.Append('\\').Append(c);
            else if (c < ' ' || c == 127) line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}");
            else line.Append(c);
        }
    }
}
