using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Net2Secure.Routing.Balancing;

/// <summary>Reads load reports of ORCA (Open Request Cost Aggregation) from header fields.</summary>
/// <remarks>
/// <c>endpoint-load-metrics</c> has <c>TEXT name=value, …</c>, <c>JSON {…}</c> or <c>BIN …</c>, <c>endpoint-load-metrics-bin</c> the message <c>xds.data.orca.v3.OrcaLoadReport</c> in Base64. Of what they may hold,
/// utilisation of the application (or else of the CPU), requests and errors per second are read, the rest is passed over. A value that is no finite number, negative or beyond
/// all measure makes the whole report worthless. No input throws, and none costs more than its length, which has a bound.
/// </remarks>
internal static class LoadReportParser
{
    public const string FieldName = "endpoint-load-metrics";
    public const string BinaryFieldName = "endpoint-load-metrics-bin";

    /// <summary>Longest report that is looked at, in characters.</summary>
    public const int MaxLength = 2048;

    private static readonly JsonReaderOptions Json = new() { MaxDepth = 4 };

    private enum Metric
    {
        None,
        Application,
        Cpu,
        RequestsFractional,
        Requests,
        Errors,
    }

    /// <summary>Reads <c>endpoint-load-metrics</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out LoadReport report)
    {
        report = default;
        if (text.Length > MaxLength) return false;
        text = text.Trim(' ');
        if (text.StartsWith("TEXT ", StringComparison.Ordinal)) return TryParseText(text[5..], out report);
        if (text.StartsWith("JSON ", StringComparison.Ordinal)) return TryParseJson(text[5..], out report);
        return text.StartsWith("BIN ", StringComparison.Ordinal) && TryParseBinary(text[4..], out report);
    }

    /// <summary>Reads <c>endpoint-load-metrics-bin</c>.</summary>
    public static bool TryParseBinary(ReadOnlySpan<char> base64, out LoadReport report)
    {
        report = default;
        if (base64.Length > MaxLength) return false;
        base64 = base64.Trim(' ').TrimEnd('=');

        // gRPC leaves the padding out.
        Span<char> padded = stackalloc char[MaxLength + 3];
        base64.CopyTo(padded);
        var length = base64.Length;
        while (length % 4 != 0) padded[length++] = '=';
        Span<byte> message = stackalloc byte[MaxLength];
        return Convert.TryFromBase64Chars(padded[..length], message, out var written) && TryParseMessage(message[..written], out report);
    }

    private static bool TryParseText(ReadOnlySpan<char> text, out LoadReport report)
    {
        report = default;
        var values = default(Values);
        foreach (var range in text.Split(','))
        {
            var pair = text[range];
            var sign = pair.IndexOfAny('=', ':');
            if (sign < 0) return false;
            var metric = MetricOf(pair[..sign].Trim(' '));
            if (metric == Metric.None) continue;
            if (!double.TryParse(pair[(sign + 1)..].Trim(' '), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !values.Set(metric, value)) return false;
        }

        return values.TryMake(out report);
    }

    private static bool TryParseJson(ReadOnlySpan<char> text, out LoadReport report)
    {
        report = default;
        Span<byte> octets = stackalloc byte[MaxLength];
        if (!Encoding.UTF8.TryGetBytes(text, octets, out var written)) return false;
        try
        {
            var reader = new Utf8JsonReader(octets[..written], Json);
            var values = default(Values);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var metric = reader.HasValueSequence || reader.ValueIsEscaped ? Metric.None : MetricOf(reader.ValueSpan);
                if (!reader.Read()) return false;
                if (metric == Metric.None) reader.Skip();
                else if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var value) || !values.Set(metric, value)) return false;
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read() && values.TryMake(out report);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Protocol Buffers, wire format: a tag (field number × 8 + kind), then a varint, 8 octets, a length and as many octets, or 4 octets.
    private static bool TryParseMessage(ReadOnlySpan<byte> message, out LoadReport report)
    {
        report = default;
        var values = default(Values);
        while (!message.IsEmpty)
        {
            if (!TryReadVarint(ref message, out var tag)) return false;
            ulong number = 0;
            var length = (tag & 7) switch
            {
                0 => TryReadVarint(ref message, out number) ? 0 : -1,
                1 => 8,
                2 => TryReadVarint(ref message, out var octets) && octets <= (ulong)message.Length ? (int)octets : -1,
                5 => 4,
                _ => -1,
            };
            if (length < 0 || length > message.Length) return false;
            var (metric, value) = (tag >> 3, tag & 7) switch
            {
                (1, 1) => (Metric.Cpu, BinaryPrimitives.ReadDoubleLittleEndian(message)),
                (3, 0) => (Metric.Requests, number),
                (6, 1) => (Metric.RequestsFractional, BinaryPrimitives.ReadDoubleLittleEndian(message)),
                (7, 1) => (Metric.Errors, BinaryPrimitives.ReadDoubleLittleEndian(message)),
                (9, 1) => (Metric.Application, BinaryPrimitives.ReadDoubleLittleEndian(message)),
                _ => (Metric.None, 0.0),
            };
            if (metric != Metric.None && !values.Set(metric, value)) return false;
            message = message[length..];
        }

        return values.TryMake(out report);
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10 && i < message.Length; i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] >= 0x80) continue;
            message = message[(i + 1)..];
            return true;
        }

        return false;
    }

    private static Metric MetricOf(ReadOnlySpan<char> name) => name switch
    {
        "application_utilization" => Metric.Application,
        "cpu_utilization" => Metric.Cpu,
        "rps_fractional" => Metric.RequestsFractional,
        "rps" => Metric.Requests,
        "eps" => Metric.Errors,
        _ => Metric.None,
    };

    // The mapping of Protocol Buffers to JSON takes either form.
    private static Metric MetricOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("application_utilization"u8) || name.SequenceEqual("applicationUtilization"u8) ? Metric.Application
        : name.SequenceEqual("cpu_utilization"u8) || name.SequenceEqual("cpuUtilization"u8) ? Metric.Cpu
        : name.SequenceEqual("rps_fractional"u8) || name.SequenceEqual("rpsFractional"u8) ? Metric.RequestsFractional
        : name.SequenceEqual("rps"u8) ? Metric.Requests
        : name.SequenceEqual("eps"u8) ? Metric.Errors
        : Metric.None;

    private struct Values
    {
        private double _application;
        private double _cpu;
        private double _requestsFractional;
        private double _requests;
        private double _errors;
        private bool _any;

        public bool Set(Metric metric, double value)
        {
            if (!(value >= 0 && value <= (metric is Metric.Application or Metric.Cpu ? LoadReport.MostUtilization : LoadReport.MostPerSecond))) return false;
            _any = true;
            switch (metric)
            {
                case Metric.Application: _application = value; break;
                case Metric.Cpu: _cpu = value; break;
                case Metric.RequestsFractional: _requestsFractional = value; break;
                case Metric.Requests: _requests = value; break;
                default: _errors = value; break;
            }

            return true;
        }

        /// <summary>A report with nothing that is read here is in order, but none for us.</summary>
        public readonly bool TryMake(out LoadReport report)
        {
            report = new(_application > 0 ? _application : _cpu, _requestsFractional > 0 ? _requestsFractional : _requests, _errors);
            return _any;
        }
    }
}
