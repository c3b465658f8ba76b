using System.Globalization;
using System.Text.RegularExpressions;

namespace Net2Secure.Routing.Proxying.Tests.Telemetry;

/// <summary>Reads the text format of Prometheus (0.0.4) strictly: what does not fit fails the test.</summary>
internal sealed partial class Exposition
{
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    public Dictionary<string, string> Types { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Help { get; } = new(StringComparer.Ordinal);

    /// <summary>Names with labels, as <c>name{a=1,b=x}</c> with the values unescaped.</summary>
    public IEnumerable<string> Samples => _samples.Keys;

    public double this[string sample] => _samples[sample];

    public static Exposition Parse(string text)
    {
        var parsed = new Exposition();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var family = "";
        foreach (var line in text.Split('\n')[..^1])
        {
            if (HelpLine().Match(line) is { Success: true } help)
            {
                family = help.Groups["name"].Value;
                Assert.True(parsed.Help.TryAdd(family, help.Groups["text"].Value), $"{family} has two HELP lines");
            }
            else if (TypeLine().Match(line) is { Success: true } type)
            {
                Assert.Equal(family, type.Groups["name"].Value);
                Assert.True(parsed.Types.TryAdd(family, type.Groups["type"].Value), $"{family} has two TYPE lines");
            }
            else parsed.AddSample(line, family);
        }

        return parsed;
    }

    private void AddSample(string line, string family)
    {
        var sample = SampleLine().Match(line);
        Assert.True(sample.Success, $"'{line}' is no sample");
        var name = sample.Groups["name"].Value;
        var suffix = Types[family] == "histogram" ? name[family.Length..] : "";
        Assert.Equal(family + suffix, name);
        string[] allowed = Types[family] == "histogram" ? ["_bucket", "_sum", "_count"] : [""];
        Assert.Contains(suffix, allowed);
        var labels = sample.Groups["label"].Captures.Select(l => l.Value)
            .Zip(sample.Groups["value"].Captures.Select(v => Unescape(v.Value)), static (l, v) => $"{l}={v}").ToList();
        Assert.Equal(labels.Count, labels.Select(static l => l.Split('=')[0]).Distinct(StringComparer.Ordinal).Count());
        var number = sample.Groups["number"].Value;
        var value = number == "+Inf" ? double.PositiveInfinity : double.Parse(number, CultureInfo.InvariantCulture);
        Assert.True(_samples.TryAdd(labels.Count == 0 ? name : $"{name}{{{string.Join(',', labels)}}}", value), $"'{line}' is there twice");
    }

    private static string Unescape(string value) =>
        Escape().Replace(value, static m => m.Value[1] switch { 'n' => "\n", var c => c.ToString() });

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<text>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex HelpLine();

    [GeneratedRegex("^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?<label>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^"\\]|\\["\\n])*)"(,|(?=\})))+\})? (?<number>[-+0-9.eEInfNa]+)$""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex SampleLine();

    [GeneratedRegex(@"\\.", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Escape();
}
