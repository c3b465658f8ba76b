using System.Text;

namespace Net2Secure.Routing.Proxying.Telemetry.Prometheus;

/// <summary>Names of instruments and attributes as Prometheus writes them, by the rules that OpenTelemetry has for it.</summary>
internal static class MetricNames
{
    /// <summary>The name of a family: dots become underscores, the unit and, for counters, <c>_total</c> are put behind it.</summary>
    public static string Family(string instrument, string? unit, MetricKind kind)
    {
        var name = new StringBuilder(Clean(instrument, allowColon: true));
        var suffix = UnitOf(unit, kind);
        if (suffix.Length > 0 && !name.ToString().EndsWith("_" + suffix, StringComparison.Ordinal)) name.Append('_').Append(suffix);
        if (kind == MetricKind.Counter && !name.ToString().EndsWith("_total", StringComparison.Ordinal)) name.Append("_total");
        return name.ToString();
    }

    /// <summary>The name of a label.</summary>
    public static string Label(string attribute) => Clean(attribute, allowColon: false);

    private static string UnitOf(string? unit, MetricKind kind) => unit switch
    {
        null or "" => "",
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "%" => "percent",
        "1" => kind == MetricKind.Gauge ? "ratio" : "",
        ['{', ..] => "", // an annotation says what is counted, not in which unit
        _ => Clean(unit, allowColon: false),
    };

    private static string Clean(string name, bool allowColon)
    {
        var clean = new StringBuilder(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) clean.Append('_');
        foreach (var c in name) clean.Append(char.IsAsciiLetterOrDigit(c) || (c == ':' && allowColon) ? c : '_');
        return clean.ToString();
    }
}
