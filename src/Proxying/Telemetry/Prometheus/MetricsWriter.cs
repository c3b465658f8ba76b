using System.Buffers;
using System.Globalization;
using System.Text;

namespace Net2Secure.Routing.Proxying.Telemetry.Prometheus;

/// <summary>Writes families in the text format of Prometheus, version 0.0.4.</summary>
internal sealed class MetricsWriter(IBufferWriter<byte> output)
{
    /// <summary>The media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <param name="family">What is to be written.</param>
    /// <param name="reading">The present reading.</param>
    public void Write(MetricFamily family, long reading)
    {
        var buckets = family.Kind == MetricKind.Histogram ? new long[family.Boundaries.Length + 1] : [];
        var hasHead = false;
        foreach (var series in family.Series())
        {
            if (family.IsObservable && series.ReadIn != reading) continue;
            if (!hasHead) WriteHead(family);
            hasHead = true;
            var value = series.Read(buckets, out var count);
            if (family.Kind != MetricKind.Histogram)
            {
                WriteSample(family.Name, "", series.Labels, "", value);
                continue;
            }

            var below = 0L;
            for (var i = 0; i < buckets.Length; i++)
            {
                below += buckets[i];
                WriteSample(family.Name, "_bucket", series.Labels, i < family.Boundaries.Length ? Number(family.Boundaries[i]) : "+Inf", below);
            }

            WriteSample(family.Name, "_sum", series.Labels, "", value);
            WriteSample(family.Name, "_count", series.Labels, "", count);
        }
    }

    private void WriteHead(MetricFamily family)
    {
        var help = family.Help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        Put($"# HELP {family.Name} {help}\n# TYPE {family.Name} {TypeOf(family.Kind)}\n");
    }

    private void WriteSample(string name, string suffix, string labels, string bound, double value)
    {
        Put(name);
        Put(suffix);
        if (labels.Length > 0 || bound.Length > 0)
        {
            Put("{");
            Put(labels);
            if (bound.Length > 0)
            {
                Put(labels.Length > 0 ? ",le=\"" : "le=\"");
                Put(bound);
                Put("\"");
            }

            Put("}");
        }

        Put(" ");
        Put(Number(value));
        Put("\n");
    }

    private void Put(string text) => Encoding.UTF8.GetBytes(text, output);

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
