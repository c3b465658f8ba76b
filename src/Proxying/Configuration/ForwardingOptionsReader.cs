using Net2Secure.Routing.Balancing;

namespace Net2Secure.Routing.Proxying;

/// <summary>Reads and checks the section <c>Forwarding</c>.</summary>
internal static class ForwardingOptionsReader
{
    private static readonly DurationRange TunnelIdle = new(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));

    private static readonly DurationRange ClientWait = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));

    public static ForwardingOptions Read(SectionReader reader)
    {
        var options = new ForwardingOptions();
        options.Via = reader.Text(nameof(ForwardingOptions.Via)) ?? options.Via;
        if (options.Via.Equals("off", StringComparison.OrdinalIgnoreCase)) options.Via = "";
        else if (!FieldRules.IsToken(options.Via)) reader.Refuse(nameof(ForwardingOptions.Via), $"'{options.Via}' is not a token (letters, digits and a few signs; RFC 9110 §5.6.2). Write \"off\" to send no Via.");
        var protocols = reader.Texts(nameof(ForwardingOptions.UpgradeProtocols));
        if (protocols.Count > 0) options.UpgradeProtocols = protocols;
        foreach (var protocol in protocols)
        {
            if (!FieldRules.IsToken(protocol)) reader.Refuse(nameof(ForwardingOptions.UpgradeProtocols), $"'{protocol}' is not the name of a protocol, such as websocket.");
        }

        options.TunnelIdleTimeout = reader.Duration(nameof(ForwardingOptions.TunnelIdleTimeout), TunnelIdle) ?? options.TunnelIdleTimeout;
        options.ClientSendTimeout = reader.Duration(nameof(ForwardingOptions.ClientSendTimeout), ClientWait) ?? options.ClientSendTimeout;
        options.ClientReceiveTimeout = reader.Duration(nameof(ForwardingOptions.ClientReceiveTimeout), ClientWait) ?? options.ClientReceiveTimeout;
        options.AllowTrace = reader.Boolean(nameof(ForwardingOptions.AllowTrace)) ?? options.AllowTrace;
        options.TraceContext = reader.Word<TraceContextMode>(nameof(ForwardingOptions.TraceContext)) ?? options.TraceContext;
        return options;
    }
}
