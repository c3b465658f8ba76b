using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Net2Secure.Routing.Proxying.AccessLog;

/// <summary>Writes an entry as one JSON object.</summary>
internal static class JsonLine
{
    // Lines are read by programs, not by browsers.
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static byte[] Write(in AccessLogEntry entry, AccessLogSettings settings)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            WriteRequest(json, entry, settings);
            WriteResponse(json, entry, settings);
            WriteWay(json, entry, settings);
            WriteHeaders(json, entry, settings);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static void WriteRequest(Utf8JsonWriter json, in AccessLogEntry entry, AccessLogSettings settings)
    {
        var request = entry.Context.Request;
        if (settings.Has(AccessLogFields.Time)) json.WriteString(AccessLogFields.Time, entry.Time.UtcDateTime);
        Text(json, settings, AccessLogFields.Client, entry.Client);
        Text(json, settings, AccessLogFields.Method, request.Method);
        Text(json, settings, AccessLogFields.Scheme, request.Scheme);
        Text(json, settings, AccessLogFields.Host, request.Host.Value);
        if (settings.Has(AccessLogFields.Target)) json.WriteString(AccessLogFields.Target, MaskedText.Target(entry.Target, settings.ShowsSecrets));
        Text(json, settings, AccessLogFields.Protocol, request.Protocol);
    }

    private static void WriteResponse(Utf8JsonWriter json, in AccessLogEntry entry, AccessLogSettings settings)
    {
        if (settings.Has(AccessLogFields.Status)) json.WriteNumber(AccessLogFields.Status, entry.Status);
        if (settings.Has(AccessLogFields.Duration)) json.WriteNumber(AccessLogFields.Duration, Seconds(entry.Elapsed));
        if (settings.Has(AccessLogFields.Received)) json.WriteNumber(AccessLogFields.Received, entry.Record.ReceivedBytes);
        if (settings.Has(AccessLogFields.Sent)) json.WriteNumber(AccessLogFields.Sent, entry.Sent);
    }

    private static void WriteWay(Utf8JsonWriter json, in AccessLogEntry entry, AccessLogSettings settings)
    {
        var record = entry.Record;
        Text(json, settings, AccessLogFields.Route, record.Route?.RouteId);
        Text(json, settings, AccessLogFields.Cluster, record.Route?.Cluster?.Id);
        Text(json, settings, AccessLogFields.Destination, record.Destination?.Id);
        if (record.Attempts > 0 && settings.Has(AccessLogFields.Attempts)) json.WriteNumber(AccessLogFields.Attempts, record.Attempts);
        Text(json, settings, AccessLogFields.Cache, record.Cache);
        Text(json, settings, AccessLogFields.Error, record.Failure);
        Text(json, settings, AccessLogFields.Trace, record.TraceId);
    }

    private static void WriteHeaders(Utf8JsonWriter json, in AccessLogEntry entry, AccessLogSettings settings)
    {
        var fields = entry.Context.Request.Headers;
        if (fields.UserAgent.Count > 0) Text(json, settings, AccessLogFields.UserAgent, fields.UserAgent.ToString());
        if (fields.Referer.Count > 0 && settings.Has(AccessLogFields.Referer)) json.WriteString(AccessLogFields.Referer, MaskedText.Target(fields.Referer.ToString(), settings.ShowsSecrets));
        if (settings.Headers.Length == 0) return;
        json.WriteStartObject("headers");
        foreach (var header in settings.Headers)
        {
            if (fields.TryGetValue(header.Name, out var values)) json.WriteString(header.Key, header.IsMasked ? MaskedText.Mask : MaskedText.Bound(values.ToString()));
        }

        json.WriteEndObject();
    }

    /// <summary>A duration as lines have it.</summary>
    internal static decimal Seconds(TimeSpan duration) => Math.Round((decimal)duration.Ticks / TimeSpan.TicksPerSecond, 6);

    internal static void Text(Utf8JsonWriter json, AccessLogSettings settings, string field, string? value)
    {
        if (value is not null && settings.Has(field)) json.WriteString(field, MaskedText.Bound(value));
    }
}
