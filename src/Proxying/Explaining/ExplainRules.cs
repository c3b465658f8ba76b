using System.Globalization;
using System.Net;
using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying.Explaining;

/// <summary>Reads and checks the section <c>Explain</c>.</summary>
internal static class ExplainRules
{
    private static readonly NumberRange Samples = new(1, 1_000_000);
    private static readonly NumberRange Capacities = new(1, 100_000);
    private static readonly DurationRange Slow = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));

    public static ExplainOptions Read(SectionReader reader)
    {
        var options = new ExplainOptions();
        options.Enabled = reader.Boolean(nameof(ExplainOptions.Enabled)) ?? options.Enabled;
        options.Sample = reader.Integer(nameof(ExplainOptions.Sample), Samples) ?? options.Sample;
        options.Capacity = reader.Integer(nameof(ExplainOptions.Capacity), Capacities) ?? options.Capacity;
        options.SlowThreshold = reader.Duration(nameof(ExplainOptions.SlowThreshold), Slow) ?? options.SlowThreshold;
        options.TrustedCallers = reader.Texts(nameof(ExplainOptions.TrustedCallers));
        options.SpanAttributes = reader.Boolean(nameof(ExplainOptions.SpanAttributes)) ?? options.SpanAttributes;
        return options;
    }

    /// <summary>Checks settings, wherever they came from.</summary>
    public static void Validate(ExplainOptions options, string path, ICollection<ConfigError> errors)
    {
        Check(path.Below(nameof(ExplainOptions.Sample)), options.Sample, Samples, errors);
        Check(path.Below(nameof(ExplainOptions.Capacity)), options.Capacity, Capacities, errors);
        if (!Slow.Contains(options.SlowThreshold)) errors.Report(path.Below(nameof(ExplainOptions.SlowThreshold)), $"'{options.SlowThreshold:c}' is not allowed: {Slow} is expected.");
        foreach (var caller in options.TrustedCallers)
        {
            if (!TryParse(caller, out _)) errors.Report(path.Below(nameof(ExplainOptions.TrustedCallers)), $"'{caller}' is not an address or a network, such as 10.0.0.0/8 or ::1.");
        }
    }

    /// <summary>Reads an address, or a network as <c>10.0.0.0/8</c>.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network)) return true;
        if (!IPAddress.TryParse(text, out var address)) return false;
        network = new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128);
        return true;
    }

    private static void Check(string path, int value, NumberRange range, ICollection<ConfigError> errors)
    {
        if (!range.Contains(value)) errors.Report(path, string.Create(CultureInfo.InvariantCulture, $"'{value}' is not allowed: {range} is expected."));
    }
}
