namespace Net2Secure.Routing.Proxying.Dashboard;

/// <summary>Something that has happened to the proxy as a whole, or to one of its parts.</summary>
/// <param name="Sequence">Its number in this process: later ones have higher ones.</param>
/// <param name="Time">When.</param>
/// <param name="Kind">One of <see cref="ProxyEventKinds"/>.</param>
/// <param name="Severity">One of <see cref="Severities"/>.</param>
/// <param name="Subject">What it happened to: a cluster and a destination, a certificate.</param>
/// <param name="Text">What happened, for people.</param>
internal sealed record ProxyEvent(long Sequence, DateTimeOffset Time, string Kind, string Severity, string Subject, string Text);

/// <summary>Kinds of events.</summary>
internal static class ProxyEventKinds
{
    public const string Configuration = "configuration";

    public const string Health = "health";

    public const string Ejection = "ejection";

    public const string Circuit = "circuit";

    public const string Certificate = "certificate";

    public const string Operator = "operator";
}

/// <summary>How much something matters.</summary>
internal static class Severities
{
    public const string Good = "good";

    public const string Info = "info";

    public const string Warning = "warning";

    public const string Error = "error";
}
