using System.Net;

namespace Net2Secure.Routing.Proxying.Explaining;

/// <summary>Settings of the decision records that are in force. Immutable.</summary>
internal sealed class ExplainSettings
{
    private readonly IPNetwork[] _trusted;

    public ExplainSettings(ExplainOptions options)
    {
        Sample = options.Sample;
        Capacity = options.Capacity;
        SlowThreshold = options.SlowThreshold;
        SpanAttributes = options.SpanAttributes;
        _trusted = [.. options.TrustedCallers.Select(static caller => ExplainRules.TryParse(caller, out var network) ? network : throw new FormatException($"'{caller}' is not a network."))];
    }

    public int Sample { get; }

    public int Capacity { get; }

    public TimeSpan SlowThreshold { get; }

    public bool SpanAttributes { get; }

    /// <summary>Whether a caller is told where its answers come from.</summary>
    public bool Trusts(IPAddress? address)
    {
        if (_trusted.Length == 0 || address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var network in _trusted)
        {
            if (network.Contains(address)) return true;
        }

        return false;
    }
}
