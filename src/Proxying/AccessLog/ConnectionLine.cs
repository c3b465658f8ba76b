using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>Writes the line of a connection in either format, with the members that it shares with requests.</summary>
internal static class ConnectionLine
{
    private const string Protocol = "TCP";

    public static byte[] Write(in ConnectionLogEntry entry, AccessLogSettings settings) => settings.Format == AccessLogFormat.Json ? WriteJson(entry, settings) : WriteCombined(entry);

    private static byte[] WriteJson(in ConnectionLogEntry entry, AccessLogSettings settings)
    {
        var session = entry.Session;
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output, JsonLine.Options))
        {
            json.WriteStartObject();
            if (settings.Has(AccessLogFields.Time)) json.WriteString(AccessLogFields.Time, entry.Time.UtcDateTime);
            JsonLine.Text(json, settings, AccessLogFields.Client, entry.Client);
            JsonLine.Text(json, settings, AccessLogFields.Host, session.ServerName);
            JsonLine.Text(json, settings, AccessLogFields.Protocol, Protocol);
            if (settings.Has(AccessLogFields.Status)) json.WriteNumber(AccessLogFields.Status, entry.Status);
            if (settings.Has(AccessLogFields.Duration)) json.WriteNumber(AccessLogFields.Duration, JsonLine.Seconds(entry.Elapsed));
            if (settings.Has(AccessLogFields.Received)) json.WriteNumber(AccessLogFields.Received, session.Received);
            if (settings.Has(AccessLogFields.Sent)) json.WriteNumber(AccessLogFields.Sent, session.Sent);
            JsonLine.Text(json, settings, AccessLogFields.Route, session.Port);
            JsonLine.Text(json, settings, AccessLogFields.Cluster, session.ClusterId);
            JsonLine.Text(json, settings, AccessLogFields.Destination, session.DestinationId);
            JsonLine.Text(json, settings, AccessLogFields.Error, session.Ending?.Name);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static byte[] WriteCombined(in ConnectionLogEntry entry)
    {
        var session = entry.Session;
        var line = new StringBuilder(128);
        line.Append(entry.Client ?? "-").Append(" - - [").Append(AccessLogEntry.CombinedTimeOf(entry.Time)).Append("] \"CONNECT ");
        CombinedLine.Put(line, session.Port);
        if (session.ServerName is { } name)
        {
            line.Append('/');
            CombinedLine.Put(line, name);
        }

        line.Append(CultureInfo.InvariantCulture, $" {Protocol}\" {entry.Status} {session.Sent} \"-\" \"-\"");
        return Encoding.UTF8.GetBytes(line.ToString());
    }
}
