using System.Globalization;
using System.Text;

namespace Net2Secure.Routing.Proxying.Telemetry.Prometheus;

/// <summary>Attributes as labels: <c>a="1",b="x"</c>, in the order of their names, whatever order they came in.</summary>
internal static class LabelText
{
    /// <summary>Stands for everything that found no room.</summary>
    public const string Overflow = "otel_metric_overflow=\"true\"";

    /// <summary>A longer value is cut: names of the user's own are short.</summary>
    private const int MaxValueLength = 256;

    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in attributes) labels[MetricNames.Label(name)] = Text(value);
        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(name).Append("=\"");
            Escape(text, value);
            text.Append('"');
        }

        return text.ToString();
    }

    private static string Text(object? value)
    {
        var text = value switch
        {
            null => "",
            string s => s,
            bool b => b ? "true" : "false",
            IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        return text.Length > MaxValueLength ? text[..MaxValueLength] : text;
    }

    private static void Escape(StringBuilder text, string value)
    {
        foreach (var c in value)
        {
            switch (c)
            {
                case '\\': text.Append(@"\\"); break;
                case '"': text.Append("\\\""); break;
                case '\n': text.Append(@"\n"); break;
                default: text.Append(c); break;
            }
        }
    }
}
